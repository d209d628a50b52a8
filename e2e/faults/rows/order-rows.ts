import { Epoch, nextCheck, pushHash } from '@tandem/sync'
import * as Y from 'yjs'
import { PsqlSession } from '../psql.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const PAUSE_MS = 200
const ROWS = 100
const READ_EVERY_MS = 10

export const F52: Row = {
  id: 'F52',
  injection: `a third writer, over a connection of its own, pauses ${PAUSE_MS} ms between the insert and the commit of its ${ROWS} rows, again and again; a reader reads on from the greatest seq it saw, every ${READ_EVERY_MS} ms`,
  promised: 'no later seq is committed before an earlier one',
  passes: 'nothing committed during a pause; the reader misses 0 of 10,000 rows',
  async run(stage, partMs) {
    const reader = new Reader(stage)
    const writer = new PsqlSession(stage)
    stage.write(25)
    const untilMs = performance.now() + partMs * 3
    let [pauses, overtaken] = [0, 0]
    while (performance.now() < untilMs) {
      const before = await lockDocument(writer, stage)
      await insertRows(writer, stage, before)
      await stage.wait(PAUSE_MS)
      if (reader.last > before.head) overtaken += 1
      await writer.ask('commit;')
      pauses += 1
      await stage.wait(PAUSE_MS)
    }
    await writer.close()
    await stage.settled()
    const { seen, missed } = await reader.end()
    return { pauses, overtaken, rows: seen, missed }
  },
  met: ({ pauses = 0, overtaken = 1, rows = 0, missed = 1 }) =>
    pauses > 0 && overtaken === 0 && rows >= 10_000 && missed === 0,
}

interface Place {
  readonly epoch: Epoch
  readonly head: number
  readonly check: string
}

/** As every append does it: the document's row is locked until the end of the transaction. */
async function lockDocument(session: PsqlSession, stage: Stage): Promise<Place> {
  const answer = await session.ask(
    `begin; select epoch, head, head_check from document where id = '${stage.documentId}' for update;`,
  )
  const [epoch, head, check = ''] = answer.split('|')
  return { epoch: Epoch.parse(epoch), head: Number(head), check }
}

/** Rows as another node would write them, in one append; nobody sees them before the commit. */
async function insertRows(session: PsqlSession, stage: Stage, { epoch, head, check }: Place): Promise<void> {
  const doc = new Y.Doc()
  const rows: string[] = []
  let [seq, last] = [head, check]
  doc.on('update', (update: Uint8Array) => {
    seq += 1
    last = nextCheck(last, update)
    const bytes = Buffer.from(update).toString('hex')
    rows.push(`('${stage.documentId}', '${epoch}', ${seq}, '${last}', '\\x${bytes}',
      'another-node', 'another-replica', ${seq}, '${pushHash(update)}', ${Date.now()})`)
  })
  for (let row = 0; row < ROWS; row += 1) doc.getText('paused').insert(row, 'x')
  doc.destroy()
  await session.ask(
    `insert into log_row (document_id, epoch, seq, "check", "update", user_id, replica_id, push_id, push_hash, at)
      values ${rows.join(', ')};
    update document set head = ${seq}, head_check = '${last}' where id = '${stage.documentId}';`,
  )
}

/** Reads on from the greatest seq that it saw, as a node does after a hole; what turns up below that later was missed. */
class Reader {
  readonly #stage: Stage
  readonly #session: PsqlSession
  #last = 0
  #seen = 0
  #isEnded = false
  readonly #reading: Promise<void>

  constructor(stage: Stage) {
    this.#stage = stage
    this.#session = new PsqlSession(stage)
    this.#reading = this.#readOnAndOn()
  }

  /** The greatest seq that it saw. */
  get last(): number {
    return this.#last
  }

  async end(): Promise<{ seen: number; missed: number }> {
    this.#isEnded = true
    await this.#reading
    await this.#readOn()
    const rows = Number(
      await this.#session.ask(`select count(*) from log_row where document_id = '${this.#stage.documentId}';`),
    )
    await this.#session.close()
    return { seen: this.#seen, missed: rows - this.#seen }
  }

  async #readOnAndOn(): Promise<void> {
    while (!this.#isEnded) {
      await this.#readOn()
      await this.#stage.wait(READ_EVERY_MS)
    }
  }

  async #readOn(): Promise<void> {
    const answer = await this.#session.ask(
      `select seq from log_row where document_id = '${this.#stage.documentId}' and seq > ${this.#last} order by seq;`,
    )
    const seqs = answer === '' ? [] : answer.split('\n').map(Number)
    this.#seen += seqs.length
    this.#last = seqs.at(-1) ?? this.#last
  }
}
