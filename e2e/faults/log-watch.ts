import * as Y from 'yjs'
import { PsqlSession } from './psql.ts'
import type { Stage } from './stage.ts'

/** A little before: the nodes ask for a compaction at 500 rows (LIMITS.compactAfterRows). */
const DUE_ROWS = 480

/** Looks at the log of a stage's document where it is stored, often and cheaply. */
export class LogWatch {
  readonly #psql: PsqlSession
  readonly #documentId: string
  readonly #doc = new Y.Doc()
  #followed = 0

  constructor(stage: Stage) {
    this.#psql = new PsqlSession(stage)
    this.#documentId = stage.documentId
  }

  /** As many rows as no snapshot covers make one due. */
  async isCompactionDue(): Promise<boolean> {
    const rows = await this.#psql.ask(
      `select d.head - coalesce((select max(through_seq) from snapshot s where s.document_id = d.id and s.epoch = d.epoch), 0)
        from document d where d.id = '${this.#documentId}';`,
    )
    return Number(rows) >= DUE_ROWS
  }

  /** What the document says when only its rows are asked, all of them since it was made (they are kept for 7 days), and no snapshot. */
  async textOfEveryRow(): Promise<string> {
    const rows = await this.#psql.ask(
      `select seq, encode("update", 'hex') from log_row
        where document_id = '${this.#documentId}' and seq > ${this.#followed} order by seq;`,
    )
    this.#doc.transact(() => {
      for (const line of rows.split('\n').filter((each) => each !== '')) {
        const [seq = '', update = ''] = line.split('|')
        if (Number(seq) !== this.#followed + 1) throw new Error(`Row ${this.#followed + 1} is missing.`)
        Y.applyUpdate(this.#doc, Buffer.from(update, 'hex'))
        this.#followed += 1
      }
    })
    return this.#doc.getText('faults').toString()
  }

  async close(): Promise<void> {
    await this.#psql.close()
    this.#doc.destroy()
  }
}
