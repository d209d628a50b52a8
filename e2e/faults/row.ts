import type { Stage } from './stage.ts'

/** What a row measured, by name, in the unit that the name ends with. */
export type Measured = Readonly<Record<string, number>>

/** One fault of the reliability bar: what is done to a running cluster, what is promised, and what counts as kept. */
export interface Row {
  readonly id: string
  readonly injection: string
  readonly promised: string
  /** Beside C1 to C6, which every row must keep. */
  readonly passes: string
  /** Does it, with everybody writing, and heals it. `partMs`: a third of the writing time. */
  run(stage: Stage, partMs: number): Promise<Measured>
  /** Whether the pass number was met; judged in full runs only. */
  met(measured: Measured): boolean
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
