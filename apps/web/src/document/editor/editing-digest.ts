/** Between two sentences, for whoever listens to them while they write. */
const SHORTEST_PAUSE_MS = 10_000
/** What is still so is said again after this. */
const AGAIN_MS = 120_000

/** What a screen reader says of others who write: rarely, and only what is new. */
export class EditingDigest {
  #saidLastMs = -Infinity
  readonly #said = new Map<string, { readonly place: string; readonly atMs: number }>()

  /** The sentence to be said now; undefined for none. */
  note({ name, place, nowMs }: { name: string; place: string; nowMs: number }): string | undefined {
    const last = this.#said.get(name)
    const isNews = last?.place !== place || nowMs - last.atMs >= AGAIN_MS
    if (!isNews || nowMs - this.#saidLastMs < SHORTEST_PAUSE_MS) return undefined
    this.#saidLastMs = nowMs
    this.#said.set(name, { place, atMs: nowMs })
    return `${name} is editing ${place}`
  }
}

const LONGEST_TITLE = 60

/** `section 2, Plan`: by the heading above a position. */
export function sectionAt(
  headings: readonly { readonly at: number; readonly text: string }[],
  position: number,
): string {
  const index = headings.findLastIndex(({ at }) => at <= position)
  if (headings.length === 0) return 'the text'
  const title = headings[index]?.text ?? ''
  return index < 0
    ? 'the beginning'
    : `section ${index + 1}, ${title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE)}…` : title}`
}
