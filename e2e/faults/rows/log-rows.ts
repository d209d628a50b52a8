import { sql } from '../psql.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

export const F39: Row = {
  id: 'F39',
  injection: 'one bit flipped in the third of five rows of a stored document, which is then opened on node B',
  promised:
    'that document does not open and its error names it and the row; the others notice nothing; `pnpm tandem repair` goes back to before the row',
  passes:
    'never empty, never a crash; the others saved at most 1 s apart; open <= 10 s after the repair (it tries again at least every 15 s)',
  async run(stage, partMs) {
    stage.write()
    const documentId = await fiveRows(stage)
    await sql(
      stage,
      `update log_row set "update" = set_bit("update", length("update") * 8 - 20, 1 - get_bit("update", length("update") * 8 - 20))
        where document_id = '${documentId}' and seq = 3`,
    )
    const opened = await openedAndRepaired(stage, documentId, partMs)
    await stage.settled()
    const gapMaxMs = Math.max(0, ...stage.writers.flatMap(({ ackGapsMs }) => ackGapsMs))
    return { ...opened, gapMaxMs }
  },
  met: ({ openedDamaged = 1, openAfterRepairMs = Infinity, rowsLeft = 0, gapMaxMs = Infinity }) =>
    openedDamaged === 0 && openAfterRepairMs <= 10_000 && rowsLeft === 2 && gapMaxMs <= 1_000,
}

/** What somebody on node B, which has never had it open, sees of the document before and after the repair. */
async function openedAndRepaired(
  stage: Stage,
  documentId: string,
  waitMs: number,
): Promise<{ openedDamaged: number; openAfterRepairMs: number; rowsLeft: number }> {
  const node = stage.cluster.node(1)
  const client = stage.client(node)
  try {
    const handle = client.document(documentId)
    const isOpen = (): boolean => handle.getSnapshot().status === 'open'
    handle.open()
    await stage.until('node B names what is damaged', () =>
      node.log().includes(`document ${documentId} is damaged: row 3 of its log is not what was written`),
    )
    await stage.wait(waitMs)
    const openedDamaged = isOpen() ? 1 : 0
    await stage.cluster.cli('repair', `--document=${documentId}`)
    const openAfterRepairMs = await stage.until('it opens', isOpen)
    return { openedDamaged, openAfterRepairMs, rowsLeft: handle.doc.getText('rows').length }
  } finally {
    await client.close()
  }
}

/** A document that says `xxxxx`, written through node A in five rows. */
async function fiveRows(stage: Stage): Promise<string> {
  const client = stage.client(stage.cluster.node(0))
  const { documentId } = await client.api.documents.create.mutate({ title: 'To be damaged' })
  const handle = client.document(documentId)
  await handle.whenOpen()
  for (let row = 0; row < 5; row += 1) {
    handle.doc.getText('rows').insert(row, 'x')
    await handle.whenSaved()
  }
  await client.close()
  return documentId
}

/** Compaction is wished for at 500 rows: this fills a log in a few seconds. */
const FAST_MS = 25

async function snapshots(stage: Stage): Promise<number> {
  return Number(await sql(stage, `select count(*) from snapshot where document_id = '${stage.documentId}'`))
}

/** Rows that no snapshot covers yet. */
async function rowsToCompact(stage: Stage): Promise<number> {
  const answer = await sql(
    stage,
    `select d.head - coalesce((select max(through_seq) from snapshot s where s.document_id = d.id and s.epoch = d.epoch), 0)
      from document d where d.id = '${stage.documentId}'`,
  )
  return Number(answer)
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

export const F41: Row = {
  id: 'F41',
  injection:
    '`kill -9` of all nodes 0 to 200 ms after a compaction became due, again and again, with everybody writing',
  promised: 'the document is the same before and after',
  passes: '20 kills, 0 breaches; snapshots are made all the same',
  async run(stage, partMs) {
    const kills = Math.ceil(partMs / 1_000)
    for (let kill = 0; kill < kills; kill += 1) {
      stage.write(FAST_MS)
      await stage.until('a compaction is due', async () => (await rowsToCompact(stage)) >= 490, 120_000)
      await stage.wait(stage.random.fraction() * 200)
      await Promise.all(stage.cluster.nodes.map((node) => node.kill()))
      stage.stopWriting()
      await Promise.all(stage.cluster.nodes.map((node) => node.start()))
      await stage.settled()
    }
    stage.write(FAST_MS)
    await stage.until('a snapshot is made', async () => (await rowsToCompact(stage)) < 400, 120_000)
    await stage.settled()
    return { kills, snapshots: await snapshots(stage) }
  },
  met: ({ kills = 0, snapshots = 0 }) => kills >= 20 && snapshots > 0,
}
