import { breaches } from './checker.ts'
import type { Measured, Row, RowOn, SqliteRow } from './row.ts'
import { SqliteCluster } from './sqlite-stage.ts'
import { Stage, type StageCluster } from './stage.ts'

/** A third of the writing time of a row. Only a full run judges the row's own numbers. */
export const FULL_PART_MS = 20_000
export const SHORT_PART_MS = 4_000

export interface Result {
  readonly row: Pick<Row, 'id' | 'injection' | 'passes'>
  readonly measured: Measured
  readonly wrong: readonly string[]
}

/** Sets the stage, has the row do its worst and strikes the stage. What went wrong is in the result, also an error. */
export async function perform(row: Row | SqliteRow, seed: number, partMs: number): Promise<Result> {
  if ('on' in row) return enact(row, await Stage.over(await SqliteCluster.start(), seed), partMs)
  return enact(row, await Stage.set({ seed, settings: row.settings }), partMs)
}

async function enact<Cluster extends StageCluster>(
  row: RowOn<Cluster>,
  stage: Stage<Cluster>,
  partMs: number,
): Promise<Result> {
  try {
    const measured = await row.run(stage, partMs)
    const wrong = [...breaches(await stage.verdict())]
    if (partMs === FULL_PART_MS && !row.met(measured)) wrong.push(`not met: ${row.passes}`)
    if (partMs === FULL_PART_MS && row.narrower !== undefined) wrong.push(`checks less than the bar: ${row.narrower}`)
    return { row, measured, wrong }
  } catch (error) {
    return { row, measured: {}, wrong: [error instanceof Error ? error.message : String(error)] }
  } finally {
    await stage.strike()
  }
}
