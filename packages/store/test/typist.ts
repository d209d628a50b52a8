import {
  nextCheck,
  pushHash,
  ReplicaId,
  UserId,
  type DocumentId,
  type Head,
  type NewRow,
  type UpdateLog,
} from '@tandem/sync'
import * as Y from 'yjs'

/** Types into one document and appends what it typed, one row each, believing it is alone. */
export class Typist {
  readonly doc = new Y.Doc()
  readonly #log: UpdateLog
  readonly #documentId: DocumentId
  readonly #userId = UserId.parse('user-ann-1')
  readonly #replicaId = ReplicaId.parse(`replica-${crypto.randomUUID()}`)
  #head: Head
  #pushId = 0

  private constructor(log: UpdateLog, documentId: DocumentId, head: Head) {
    this.#log = log
    this.#documentId = documentId
    this.#head = head
  }

  static async of(log: UpdateLog, documentId: DocumentId): Promise<Typist> {
    const opened = await log.open(documentId)
    if (opened === undefined) throw new Error(`There is no document ${documentId}.`)
    return new Typist(log, documentId, opened)
  }

  get head(): Head {
    return this.#head
  }

  /** What it typed is in the log when this resolves. */
  async type(text: string): Promise<void> {
    await this.edit((doc) => {
      const content = doc.getText('content')
      content.insert(content.length, text)
    })
  }

  async edit(change: (doc: Y.Doc) => void): Promise<void> {
    const row = this.#row(change)
    const outcome = await this.#log.append(this.#documentId, this.#head, [row])
    if (outcome.status !== 'appended') throw new Error(`The append was ${outcome.status}.`)
    this.#head = { ...this.#head, head: outcome.fromSeq, check: row.check }
  }

  /** So many edits, a row each, in one append. */
  async editTogether(count: number, change: (doc: Y.Doc, index: number) => void): Promise<void> {
    const rows: NewRow[] = []
    for (let index = 0; index < count; index += 1) {
      const { check } = rows.at(-1) ?? this.#head
      rows.push(this.#row((doc) => change(doc, index), check))
    }
    const outcome = await this.#log.append(this.#documentId, this.#head, rows)
    if (outcome.status !== 'appended') throw new Error(`The append was ${outcome.status}.`)
    const { check } = rows.at(-1) ?? this.#head
    this.#head = { ...this.#head, head: this.#head.head + count, check }
  }

  #row(change: (doc: Y.Doc) => void, previousCheck = this.#head.check): NewRow {
    const updates: Uint8Array[] = []
    const collect = (update: Uint8Array): void => void updates.push(update)
    this.doc.on('update', collect)
    this.doc.transact(() => change(this.doc))
    this.doc.off('update', collect)
    const update = Y.mergeUpdates(updates)
    this.#pushId += 1
    return {
      update,
      check: nextCheck(previousCheck, update),
      userId: this.#userId,
      replicaId: this.#replicaId,
      pushId: this.#pushId,
      pushHash: pushHash(update),
      newClients: [this.doc.clientID],
    }
  }
}
