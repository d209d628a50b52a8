/** Classes of a button that is only a picture, for triggers and links that look like one. */
export const iconButtonClass =
  'inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-soft transition-colors select-none ' +
  'hover:bg-hover hover:text-ink data-popup-open:bg-hover data-popup-open:text-ink ' +
  'disabled:pointer-events-none disabled:opacity-40 pointer-coarse:size-10'
