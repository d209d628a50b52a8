/** The fixture that an UpdateLog's adapter brings to the contract suite, and what the suite's rules are written with. */
import * as Y from 'yjs'
import { nextCheck, pushHash } from '../src/check.ts'
import type { Access, Head, LogRow, NewRow, OpenedLog, UpdateLog } from '../src/ports.ts'
import { ReplicaId, UserId, type DocumentId, type ResumeToken, type Role } from '../src/protocol.ts'

export const DAMAGED_PARTS = ['update', 'check', 'author', 'push', 'time'] as const
export type DamagedPart = (typeof DAMAGED_PARTS)[number]

/** One storage, a log and an access over it, and the product's side of both. */
export interface UpdateLogFixture {
  readonly log: UpdateLog
  readonly access: Access
  /** A new document with an empty log; its link lets anybody edit unless `linkRole` says otherwise. */
  createDocument(options: {
    owner: UserId
    linkRole?: Exclude<Role, 'owner'> | undefined
    schemaVersion: number
  }): Promise<DocumentId>
  deleteDocument(documentId: DocumentId): Promise<void>
  /** Undefined: nothing of their own. Null: shut out. */
  setRole(documentId: DocumentId, userId: UserId, role: Exclude<Role, 'owner'> | null | undefined): Promise<void>
  /** Makes a snapshot through the head; rows through `dropThroughSeq` are not kept any more. */
  compact(documentId: DocumentId, dropThroughSeq: number): Promise<void>
  /** Changes one thing of a stored row behind the log's back, as a failing disk would. */
  damage(documentId: DocumentId, seq: number, what: DamagedPart): Promise<void>
  /** Another instance over the same storage, as another node or a later process has. Closed by `close`. */
  another(): Promise<UpdateLog>
  close(): Promise<void>
}

export const ANN = UserId.parse('user-ann-1')
export const BOB = UserId.parse('user-bob-1')
export const CARL = UserId.parse('user-carl-1')
/** More bytes than any log of a test holds. */
export const EVERYTHING = 64 * 1024 * 1024

/** A replica that types: each call makes the next row of a log that it believes in. */
export class Typist {
  readonly doc = new Y.Doc()
  readonly userId: UserId
  readonly replicaId = ReplicaId.parse(`replica-${crypto.randomUUID()}`)
  #pushId = 0

  constructor(userId: UserId = ANN) {
    this.userId = userId
  }

  row(previousCheck: string, text = 'word '): NewRow {
    const before = Y.encodeStateVector(this.doc)
    const content = this.doc.getText('content')
    content.insert(content.length, text)
    const update = Y.encodeStateAsUpdate(this.doc, before)
    this.#pushId += 1
    return {
      update,
      check: nextCheck(previousCheck, update),
      userId: this.userId,
      replicaId: this.replicaId,
      pushId: this.#pushId,
      pushHash: pushHash(update),
      newClients: this.#pushId === 1 ? [this.doc.clientID] : [],
    }
  }

  rows(previousCheck: string, count: number, text?: string): NewRow[] {
    const rows: NewRow[] = []
    for (let i = 0; i < count; i += 1) rows.push(this.row(rows.at(-1)?.check ?? previousCheck, text))
    return rows
  }
}

/** Where a log stands after these rows. */
export function after(head: Head, rows: readonly NewRow[]): Head {
  return { ...head, head: head.head + rows.length, check: rows.at(-1)?.check ?? head.check }
}

export function token(head: Pick<Head, 'epoch' | 'head' | 'check'>): ResumeToken {
  return { epoch: head.epoch, seq: head.head, check: head.check }
}

export function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc.getText('content').toJSON()
}

export function seqs(rows: readonly LogRow[]): number[] {
  return rows.map(({ seq }) => seq)
}

/** What the rules are written with: a fixture, and documents in it. */
export class LogBench {
  readonly fixture: UpdateLogFixture

  constructor(fixture: UpdateLogFixture) {
    this.fixture = fixture
  }

  get log(): UpdateLog {
    return this.fixture.log
  }

  /** A new document, its log empty. */
  async created(options: { schemaVersion?: number } = {}): Promise<{ id: DocumentId; head: Head }> {
    const id = await this.fixture.createDocument({ owner: ANN, schemaVersion: options.schemaVersion ?? 1 })
    return { id, head: headOf(await this.opened(id)) }
  }

  async opened(id: DocumentId): Promise<OpenedLog> {
    const log = await this.log.open(id)
    if (log === undefined) throw new Error(`There is no document ${id}.`)
    return log
  }

  /** A document with this many rows, written in one append. */
  async written(count: number, text?: string): Promise<WrittenLog> {
    const { id, head } = await this.created()
    const typist = new Typist()
    const rows = typist.rows(head.check, count, text)
    const outcome = await this.log.append(id, head, rows)
    if (outcome.status !== 'appended') throw new Error(`The append was ${outcome.status}.`)
    return { id, head: after(head, rows), rows, typist }
  }
}

export interface WrittenLog {
  readonly id: DocumentId
  readonly head: Head
  readonly rows: readonly NewRow[]
  readonly typist: Typist
}

export function headOf({ epoch, head, check, accessVersion, schemaVersion }: Head): Head {
  return { epoch, head, check, accessVersion, schemaVersion }
}

/** The same pushes, after another row. */
export function rechained(rows: readonly NewRow[], previousCheck: string): NewRow[] {
  let check = previousCheck
  return rows.map((row) => {
    check = nextCheck(check, row.update)
    return { ...row, check }
  })
}
