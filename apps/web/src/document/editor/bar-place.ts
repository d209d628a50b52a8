/** From its upper to its lower edge, in px of the window. */
export interface Span {
  readonly top: number
  readonly bottom: number
}

/** Where in the window a bar has stopped that would be out of sight below its block. */
export type Edge = 'top' | 'bottom'

interface Around {
  /** The block that the bar is for. */
  readonly block: Span
  /** The line that is being written. */
  readonly caret: Span
  /** What can be seen of the page, without the bars above it. */
  readonly seen: Span
  readonly heightPx: number
  readonly gapPx: number
}

interface BarPlace {
  readonly top: number
  readonly edge?: Edge
}

/**
 * Where the bar of a block begins, in px of the window: below the block; where it cannot be seen there, at the lower edge of the window, over the
 * block, or at the upper one. It stays at its edge until the caret comes under it. No edge: it is below the block, and goes where that goes.
 */
export function placeOfBar({ block, caret, seen, heightPx, gapPx }: Around, last: Edge = 'bottom'): BarPlace {
  const below = block.bottom + gapPx
  const isInSight = block.top < seen.bottom
  if (!isInSight || below + heightPx <= seen.bottom) return { top: below }
  const tops: Readonly<Record<Edge, number>> = {
    top: Math.max(seen.top, block.top - gapPx - heightPx),
    bottom: Math.max(seen.bottom - heightPx, block.top), // it goes as the block goes
  }
  const covers = (edge: Edge) => caret.bottom > tops[edge] && caret.top < tops[edge] + heightPx
  const other = last === 'top' ? 'bottom' : 'top'
  const edge = covers(last) && !covers(other) ? other : last
  return { top: tops[edge], edge }
}

/** The places of one bar, one after the other. */
export class BarPlaces {
  #edge: Edge | undefined

  /** Where it begins now; it stays at the edge where it was as long as it can. */
  next(around: Around): BarPlace {
    const place = placeOfBar(around, this.#edge)
    this.#edge = place.edge
    return place
  }
}
