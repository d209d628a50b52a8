import type { NodeSettings } from '../../scripts/parts/tandem-node.ts'
import type { FaultCluster } from './fault-cluster.ts'
import type { SqliteCluster } from './sqlite-stage.ts'
import type { Stage, StageCluster } from './stage.ts'

/** What a row measured, by name, in the unit that the name ends with. */
export type Measured = Readonly<Record<string, number>>

/** One fault of the reliability bar: what is done to running nodes, what is promised, and what counts as kept. */
export interface RowOn<Cluster extends StageCluster> {
  readonly id: string
  readonly injection: string
  readonly promised: string
  /** Beside C1 to C6, which every row must keep. */
  readonly passes: string
  /** What the bar asks for and this row does not look at: such a row does not count as kept. */
  readonly narrower?: string
  /** Does it, with everybody writing, and heals it. `partMs`: a third of the writing time. */
  run(stage: Stage<Cluster>, partMs: number): Promise<Measured>
  /** Whether the pass number was met; judged in full runs only. */
  met(measured: Measured): boolean
}

/** On two nodes with PostgreSQL and Redis. */
export interface Row extends RowOn<FaultCluster> {
  /** Of its nodes, where they are not the usual ones. */
  readonly settings?: Partial<NodeSettings>
}

/** On one node with its embedded database. */
export interface SqliteRow extends RowOn<SqliteCluster> {
  readonly on: 'SQLite'
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
