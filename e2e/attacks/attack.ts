import type { Scene } from './scene.ts'

/** What an attack measured, by name, in the unit that the name ends with. */
export type Measured = Readonly<Record<string, number>>

/**
 * One attack of the reliability bar: what is sent to a running node, and what must come of it. `run` throws where the
 * attack got further than it may; whether nobody else was harmed is looked at after every one of them.
 */
export interface Attack {
  readonly id: string
  readonly attack: string
  readonly passes: string
  /** `full`: with the numbers of the bar; else as many as a short run has time for. */
  run(scene: Scene, full: boolean): Promise<Measured>
  /** Whether the timings and sizes were met; judged in full runs only. */
  met?(measured: Measured): boolean
  /** What of the row is not built, in words; the row counts as not kept while this says something. */
  readonly missing?: string
}

/** Throws with what was wrong: the attack got further than it may. */
export function must(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(what)
}

export async function withinMs<Result>(timeoutMs: number, what: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${timeoutMs} ms: ${what}.`)), timeoutMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
