/** What every floating panel shares: surface, edge, shadow and a fast fade that starts at its trigger. */
export const popupClass =
  'origin-(--transform-origin) rounded-xl border border-line bg-surface text-ink shadow-float outline-none ' +
  'transition-[opacity,scale] duration-100 ease-out ' +
  'data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0'
