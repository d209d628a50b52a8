import type { Scene } from './scene.ts'

/** What an attack measured, by name, in the unit that the name ends with. */
export type Measured = Readonly<Record<string, number>>

/** How much of it is done. */
export interface Extent {
  /** With the numbers of the bar; else as many as a short run has time for. */
  readonly full: boolean
  /** Of rows that send frame after frame: as many as this, whatever `full` says. */
  readonly frames?: number | undefined
}

/**
 * One attack of the reliability bar: what is sent to a running node, and what must come of it. `run` throws where the
 * attack got further than it may; whether nobody else was harmed is looked at after every one of them.
 */
export interface Attack {
  readonly id: string
  readonly attack: string
  readonly passes: string
  /** See Extent. */
  run(scene: Scene, full: boolean, frames?: number): Promise<Measured>
  /** Whether the timings and sizes were met; judged in full runs only. */
  met?(measured: Measured): boolean
  /** What of the row is not built, in words; the row counts as not kept while this says something. */
  readonly missing?: string | ((measured: Measured) => string | undefined)
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
