/**
 * What one task of the page may take of it; the last piece of work in it may take longer. Nobody notices it, and a document of
 * an ordinary number of formulas has all of them at once: what is drawn later pushes the text below it down.
 */
const SLICE_MS = 40
const LONGEST_PAUSE_MS = 100

/**
 * Much work that nobody waits for, in the order in which it was asked for, and never more than half of the time: a page that
 * opens with a thousand costly formulas answers its reader in between.
 */
export class SlicedWork {
  readonly #waiting = new Set<() => void>()
  #isPlanned = false

  /** `work` is done once, in a task to come; it must not throw. Returns a function that takes it back. */
  add(work: () => void): () => void {
    this.#waiting.add(work)
    this.#plan(0)
    return () => void this.#waiting.delete(work)
  }

  #plan(afterMs: number): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    setTimeout(() => this.#run(), afterMs)
  }

  #run(): void {
    this.#isPlanned = false
    const startedMs = performance.now()
    for (const work of this.#waiting) {
      this.#waiting.delete(work)
      work()
      const tookMs = performance.now() - startedMs
      if (tookMs < SLICE_MS) continue
      if (this.#waiting.size > 0) this.#plan(Math.min(tookMs, LONGEST_PAUSE_MS))
      return
    }
  }
}
