/** What every floating panel shares: surface, edge, shadow and a fast fade that starts at its trigger; what fades is in nobody's way. */
export const popupClass =
  'origin-(--transform-origin) rounded-xl border border-line bg-surface text-ink shadow-float outline-none ' +
  'transition-[opacity,scale] duration-100 ease-out ' +
  'data-closed:pointer-events-none data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0'
