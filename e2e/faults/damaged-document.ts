import type { DocumentHandle, TandemClient } from '@tandem/client'
import * as Y from 'yjs'
import { metric } from './node-metrics.ts'
import { sql } from './psql.ts'
import type { Stage } from './stage.ts'

/** What each row adds; must not be found in any log. */
const WORD = 'secret-of-the-damaged-document '

/**
 * A document of five rows of which the third is damaged, beside the stage's: somebody has all of it open on node A and
 * types on, somebody else opens it on node B, which has never seen it.
 */
export class DamagedDocument {
  readonly #stage: Stage
  readonly #documentId: string
  readonly #ahead: Visit
  readonly #late: Visit

  private constructor(stage: Stage, documentId: string, ahead: Visit) {
    this.#stage = stage
    this.#documentId = documentId
    this.#ahead = ahead
    this.#late = new Visit(stage.client(stage.cluster.node(1)), documentId)
  }

  /** Five words, written through node A in five rows. */
  static async write(stage: Stage): Promise<DamagedDocument> {
    const client = stage.client(stage.cluster.node(0))
    const { documentId } = await client.api.documents.create.mutate({ title: 'To be damaged' })
    const ahead = new Visit(client, documentId)
    ahead.open()
    await ahead.handle.whenOpen()
    for (let row = 0; row < 5; row += 1) {
      ahead.addWord()
      await ahead.handle.whenSaved()
    }
    return new DamagedDocument(stage, documentId, ahead)
  }

  async flipBit(): Promise<void> {
    await sql(
      this.#stage,
      `update log_row set "update" = set_bit("update", length("update") * 8 - 20, 1 - get_bit("update", length("update") * 8 - 20))
        where document_id = '${this.#documentId}' and seq = 3`,
    )
  }

  /** What is seen of it in quarantine, by both. `readOnlyMs`: until the one who has all of it was told. */
  async openElsewhere(forMs: number): Promise<Record<string, number>> {
    const stage = this.#stage
    const { handle: ahead } = this.#ahead
    this.#late.open()
    await stage.until('the one on node B is told', () => this.#late.isDamaged)
    const readOnlyMs = await stage.until('the one on node A is told', () => this.#ahead.isDamaged)
    // Scripts may write where an editor would not: it stays with them.
    this.#ahead.addWord()
    await stage.wait(forMs)
    const view = ahead.getSnapshot()
    if (view.status !== 'open' || view.saving !== 'unsaved' || !view.readOnly)
      throw new Error(`Who has more is ${view.status}, ${'saving' in view ? view.saving : 'ended'}.`)
    const logs = stage.cluster.nodes.map((node) => node.log()).join('')
    const rows = await sql(stage, `select count(*) from log_row where document_id = '${this.#documentId}'`)
    const counted = await Promise.all(stage.cluster.nodes.map((node) => metric(node, 'damaged_documents')))
    return {
      readOnlyMs,
      shownElsewhere: this.#late.words,
      keptAhead: this.#ahead.words,
      rowsAfterwards: Number(rows),
      logLines: logs.split('a stored document is damaged').length - 1,
      secrets: logs.split(WORD.trim()).length - 1,
      metric: Math.min(...counted),
    }
  }

  /** Repaired twice. `goesOnWith`: what the one who had more writes on with; `copiedAhead`: what they were offered as a copy. */
  async repair(): Promise<Record<string, number>> {
    const stage = this.#stage
    const visits = [this.#ahead, this.#late]
    const { handle } = this.#ahead
    for (const _ of [1, 2]) await stage.cluster.cli('repair', `--document=${this.#documentId}`)
    const toldMs = await stage.until('both are told', () =>
      visits.every((visit) => visit.handle.getSnapshot().status === 'failed'),
    )
    const view = handle.getSnapshot()
    const copy = new Y.Doc()
    if (view.status === 'failed' && view.copy !== undefined) Y.applyUpdate(copy, view.copy.whole)
    for (const visit of visits) visit.reopen()
    const openedMs = await stage.until('both have opened it again', () =>
      visits.every((visit) => visit.handle.getSnapshot().status === 'open' && visit.words === 2),
    )
    this.#ahead.addWord()
    await handle.whenSaved()
    await stage.until('the other one sees it', () => visits.every(({ words }) => words === 3))
    return {
      openAfterRepairMs: toldMs + openedMs,
      copiedAhead: wordsOf(copy),
      goesOnWith: this.#ahead.words,
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#ahead, this.#late].map((visit) => visit.close()))
  }
}

/** Somebody who has the document open, as a page has it. */
class Visit {
  readonly handle: DocumentHandle
  readonly #client: TandemClient
  #leave: () => void = () => undefined

  constructor(client: TandemClient, documentId: string) {
    this.#client = client
    this.handle = client.document(documentId)
  }

  get isDamaged(): boolean {
    const view = this.handle.getSnapshot()
    return view.status === 'open' && view.damagedAfterMs !== undefined && view.connection === 'live'
  }

  get words(): number {
    return wordsOf(this.handle.doc)
  }

  addWord(): void {
    const rows = this.handle.doc.getText('rows')
    rows.insert(rows.length, WORD)
  }

  open(): void {
    this.#leave = this.handle.open()
  }

  /** "Open it again" */
  reopen(): void {
    this.#leave()
    this.open()
  }

  async close(): Promise<void> {
    await this.#client.close()
  }
}

function wordsOf(doc: Y.Doc): number {
  return doc.getText('rows').length / WORD.length
}
