/** What the bars of the page cover above, and what is left free at its other edges, in px: for what floats over the text. */
export const PAGE_EDGES_PX = { top: 104, left: 8, right: 8, bottom: 8 }
