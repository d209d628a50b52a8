interface KeptSeed {
  readonly seed: number
  readonly people: number
  readonly isRich?: boolean
  readonly reason: string
}

/**
 * Stories that found something, and what it was: a defect while the binding was written, or a rule that was switched off to see
 * who notices. Told by every `npm test`; `pnpm fuzz:binding` prints what to add.
 */
export const KEPT_SEEDS: readonly KeptSeed[] = [
  {
    seed: 6,
    people: 4,
    reason: 'what only the schema demanded was taken for stored, and went when its neighbour was written',
  },
  { seed: 11, people: 3, reason: 'one node object that showed two cells: the wrong one was written' },
  { seed: 59, people: 3, reason: 'a copy of something unsupported was shown under the name of the original' },
  { seed: 76, people: 2, reason: 'Yjs tidied up formats that somebody else had written' },
  { seed: 88, people: 2, reason: 'a mark on an image has attributes without a prototype, which Yjs refuses' },
  {
    seed: 14745597,
    people: 3,
    isRich: true,
    reason: 'what cannot be read was pasted over something else that cannot be read, and was taken for the same',
  },
  {
    seed: 14751841,
    people: 4,
    isRich: true,
    reason: 'a selected node was gone, and a table without cells stood at its place: prosemirror-tables threw',
  },
  { seed: 257, people: 3, reason: 'something unsupported was wrapped in a quote, and its quote was not drawn anew' },
  {
    seed: 283,
    people: 2,
    reason: 'one node object that showed two list items: the change of one was drawn in the other',
  },
]
