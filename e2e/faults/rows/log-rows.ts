import { DamagedDocument } from '../damaged-document.ts'
import { LogWatch } from '../log-watch.ts'
import { sql } from '../psql.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

export const F39: Row = {
  id: 'F39',
  injection:
    'one bit flipped in the third of five rows of a stored document that somebody has open on node A; then it is opened on node B',
  promised:
    'it opens with the two rows before that, read-only for everybody, and says so; who has more keeps it; after `pnpm tandem repair` it goes on from there, and the rest is offered as a copy',
  passes:
    'nobody finds it empty, nothing enters it, nothing is lost; one line in the logs, without content; the others saved at most 1 s apart; open <= 10 s after the repair',
  async run(stage, partMs) {
    stage.write()
    const damaged = await DamagedDocument.write(stage)
    try {
      await damaged.flipBit()
      const quarantine = await damaged.openElsewhere(partMs)
      const repair = await damaged.repair()
      await stage.settled()
      const gapMaxMs = Math.max(0, ...stage.writers.flatMap(({ ackGapsMs }) => ackGapsMs))
      return { ...quarantine, ...repair, gapMaxMs }
    } finally {
      await damaged.close()
    }
  },
  met: (measured) => {
    const wanted = { shownElsewhere: 2, keptAhead: 6, rowsAfterwards: 5, logLines: 1, metric: 1, secrets: 0 }
    const { copiedAhead = 0, goesOnWith = 0, readOnlyMs = Infinity, openAfterRepairMs = Infinity } = measured
    return (
      Object.entries(wanted).every(([name, value]) => measured[name] === value) &&
      copiedAhead === 6 &&
      goesOnWith === 3 &&
      readOnlyMs <= 5_000 &&
      openAfterRepairMs <= 10_000 &&
      (measured['gapMaxMs'] ?? Infinity) <= 1_000
    )
  },
}

/** Compaction is wished for at 500 rows: this fills a log in a few seconds. */
const FAST_MS = 25

async function snapshots(stage: Stage): Promise<number> {
  return Number(await sql(stage, `select count(*) from snapshot where document_id = '${stage.documentId}'`))
}

export const F40: Row = {
  id: 'F40',
  injection: 'a bit of the newest of two snapshots is flipped, then all nodes are killed and started',
  promised: 'the snapshot before it and the log serve',
  passes: 'the same text for everybody and for a fresh replica',
  async run(stage, partMs) {
    stage.write(FAST_MS)
    await stage.until('there are two snapshots', async () => (await snapshots(stage)) >= 2, 120_000)
    await stage.settled()
    const before = await stage.fresh()
    const newest = `document_id = '${stage.documentId}' and through_seq =
      (select max(through_seq) from snapshot where document_id = '${stage.documentId}')`
    await sql(stage, `update snapshot set bytes = set_bit(bytes, 999, 1 - get_bit(bytes, 999)) where ${newest}`)
    await Promise.all(stage.cluster.nodes.map((node) => node.kill()))
    await Promise.all(stage.cluster.nodes.map((node) => node.start()))
    const same = (await stage.fresh()) === before ? 1 : 0
    stage.write()
    await stage.wait(partMs)
    await stage.settled()
    return { same, words: before.split('<').length - 1 }
  },
  met: ({ same = 0, words = 0 }) => same === 1 && words > 0,
}

/** Everybody writes until a compaction is due, and then until a snapshot was made; how long that took from then on, ms. */
async function compactedUnderWriters(stage: Stage, log: LogWatch): Promise<number> {
  stage.write(FAST_MS)
  await stage.until('a compaction is due', () => log.isCompactionDue(), 120_000)
  const tookMs = await stage.until('a snapshot is made', async () => !(await log.isCompactionDue()), 120_000)
  await stage.settled()
  return tookMs
}

/** All nodes die on the way to a snapshot, somewhere in the next while; true: it had not been made. */
async function killedWhileCompacting(stage: Stage, log: LogWatch, withinMs: number): Promise<boolean> {
  stage.write(FAST_MS)
  await stage.until('a compaction is due', () => log.isCompactionDue(), 120_000)
  await stage.wait(stage.random.fraction() * withinMs)
  await Promise.all(stage.cluster.nodes.map((node) => node.kill()))
  const isUnmade = await log.isCompactionDue()
  stage.stopWriting()
  await Promise.all(stage.cluster.nodes.map((node) => node.start()))
  await stage.settled()
  return isUnmade
}

export const F41: Row = {
  id: 'F41',
  injection:
    '20 compactions with everybody writing; then `kill -9` of all nodes at a random moment of 20 more, from when one is due to half as long again as the slowest took',
  promised:
    'the document is the same before and after: from its snapshot, from every row ever written, and for everybody',
  passes: '40 of 40, some of the kills before and some after the snapshot was made',
  async run(stage, partMs) {
    const runs = Math.ceil(partMs / 1_000)
    const log = new LogWatch(stage)
    const measured = { runs: 2 * runs, same: 0, killedBefore: 0, slowestMs: 0, snapshots: 0 }
    const look = async (): Promise<void> => {
      if ((await log.textOfEveryRow()) === (await stage.fresh())) measured.same += 1
    }
    try {
      for (let run = 0; run < runs; run += 1) {
        measured.slowestMs = Math.max(measured.slowestMs, await compactedUnderWriters(stage, log))
        await look()
      }
      for (let run = 0; run < runs; run += 1) {
        if (await killedWhileCompacting(stage, log, measured.slowestMs * 1.5)) measured.killedBefore += 1
        await look()
      }
      return { ...measured, snapshots: await snapshots(stage) }
    } finally {
      await log.close()
    }
  },
  met: ({ runs = 0, same = 0, killedBefore = 0, snapshots = 0 }) =>
    runs >= 40 && same === runs && killedBefore > 0 && killedBefore < runs / 2 && snapshots > 0,
}
