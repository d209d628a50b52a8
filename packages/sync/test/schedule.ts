import { setImmediate as turn } from 'node:timers/promises'
import type { Random } from './random.ts'

/** A page: while its browser lets it sleep nothing happens in it; all that comes meanwhile happens when it wakes. */
export interface Sleeper {
  readonly isAsleep: boolean
}

interface Task {
  readonly run: () => void
  readonly lane: string | undefined
  readonly page: Sleeper | undefined
}

/**
 * Everything that happens in the simulated world, one task at a time in an order that the seed decides. Tasks of one
 * lane keep their order (a socket's frames, a browser's writes); all others may overtake each other. Time passes only between tasks.
 */
export class Schedule {
  readonly #random: Random
  #tasks: Task[] = []
  #timers: { readonly atMs: number; readonly run: () => void; readonly page: Sleeper | undefined }[] = []
  #nowMs = 1_700_000_000_000
  ran = 0
  /** Called before each task. */
  before: () => void = () => {}

  constructor(random: Random) {
    this.#random = random
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** `page`: it happens there. */
  add(run: () => void, lane?: string, page?: Sleeper): void {
    this.#tasks.push({ run, lane, page })
  }

  after(delayMs: number, run: () => void, page?: Sleeper): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run, page }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** A call that crosses a network: it arrives at some time and is answered at some later time. */
  call<T>(
    run: () => Promise<T> | T,
    options: { lost?: () => 'request' | 'answer' | undefined; failure?: () => Error } = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (): void => reject(options.failure?.() ?? new Error('lost'))
      this.add(() => {
        const lost = options.lost?.()
        if (lost === 'request') return fail()
        Promise.resolve()
          .then(run)
          .then(
            (value) => this.add(() => (lost === 'answer' ? fail() : resolve(value))),
            (error: unknown) => this.add(() => reject(error instanceof Error ? error : new Error(String(error)))),
          )
      })
    })
  }

  /** Runs one task and everything that follows from it without a task of its own. False when there was none that could run. */
  async step(): Promise<boolean> {
    const ready: number[] = []
    const lanes = new Set<string>()
    for (const [index, { lane, page }] of this.#tasks.entries()) {
      if (lane !== undefined && lanes.has(lane)) continue
      if (lane !== undefined) lanes.add(lane)
      if (!page?.isAsleep) ready.push(index)
    }
    if (ready.length === 0) return false
    const [task] = this.#tasks.splice(this.#random.pick(ready), 1)
    this.ran += 1
    this.before()
    task?.run()
    await turn()
    return true
  }

  /** What was started outside of a task goes as far as it can without one. */
  async comeToRest(): Promise<void> {
    await turn()
  }

  /** Lets time pass; timers that fall due become tasks. */
  async pass(durationMs: number): Promise<void> {
    this.#nowMs += durationMs
    const due = this.#timers.filter((timer) => timer.atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs)
    this.#timers = this.#timers.filter((timer) => timer.atMs > this.#nowMs)
    for (const { run, page } of due) this.add(run, undefined, page)
    await turn()
  }
}
