import { yCursorPluginKey } from '@tandem/binding'
import type { EditorState, Transaction } from '@tiptap/pm/state'

/** Whole nodes beside whole nodes, in one parent: from `start` to `middle`, and from there to `end`. */
export interface Neighbours {
  readonly start: number
  readonly middle: number
  readonly end: number
}

/**
 * Of each the two change places. In the Y.Doc one of them is made anew where it comes to stand, the same of all, and what somebody writes in the
 * old one at that moment is lost: it is `moved`, unless others have their carets there and none in what it goes past.
 */
export function swapNeighbours(
  state: EditorState,
  tr: Transaction,
  swaps: readonly Neighbours[],
  moved: 'first' | 'second',
): void {
  const others = yCursorPluginKey.getState(state)
  const isFree = (from: number, to: number) => (others?.find(from, to) ?? []).length === 0
  const isFirstFree = swaps.every(({ start, middle }) => isFree(start, middle))
  const isSecondFree = swaps.every(({ middle, end }) => isFree(middle, end))
  const cut = isFirstFree === isSecondFree ? moved : isFirstFree ? 'first' : 'second'
  for (const { start, middle, end } of swaps) {
    const { doc } = tr
    if (cut === 'first') tr.delete(start, middle).insert(start + end - middle, doc.slice(start, middle).content)
    else tr.delete(middle, end).insert(start, doc.slice(middle, end).content)
  }
}

/** Where a place is after its neighbours have changed places. */
export function afterSwap(place: number, { start, middle, end }: Neighbours): number {
  if (place < start || place >= end) return place
  return place < middle ? place + end - middle : place - (middle - start)
}
