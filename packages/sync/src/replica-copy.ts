import * as Y from 'yjs'
import { emptyCheck } from './check.ts'
import { SyncError } from './errors.ts'
import { mergedUpdates } from './merged-updates.ts'
import type { Changes, DocumentId, ReplicaId, ResumeToken, Snapshot, Welcome } from './protocol.ts'
import type { ReplicaOptions } from './replica-options.ts'
import type { ReplicaStore, SetAside, StoredReplica } from './replica-store.ts'

/**
 * What a replica has received: applied to its doc, and stored together with the token that covers it.
 * Updates it applies have the copy itself as their Yjs origin.
 */
export class ReplicaCopy {
  readonly #documentId: DocumentId
  readonly #doc: Y.Doc
  readonly #store: ReplicaStore
  readonly #changed: () => void
  #wasStored = false
  #token: ResumeToken | undefined
  /** The page's own. */
  readonly #pageSchema: number
  /** The document's, as last heard. */
  #schemaVersion = 0
  #pieces: Uint8Array[] = []
  /** Received, but its edit goes on: shown and stored when all of it is here. Forgotten with the join: the token has not moved. */
  #unfinished: { readonly token: ResumeToken; readonly updates: readonly Uint8Array[] } | undefined
  #arriving = { seq: 0, head: 0, pieces: 0 }
  #writing: Promise<void> = Promise.resolve()
  #broken = false
  #isApplying = false
  #tidied: Uint8Array[] = []

  constructor(page: ReplicaOptions, store: ReplicaStore, changed: () => void) {
    this.#documentId = page.documentId
    this.#doc = page.doc
    this.#pageSchema = page.schemaVersion
    this.#store = store
    this.#changed = changed
  }

  get token(): ResumeToken | undefined {
    return this.#token
  }

  /**
   * [PART-5] There was a stored copy, and nothing of it waits for what is not here. One that was stored while another tab of this browser
   * had not settled its own work lacks that until the tab tells it, or the node does.
   */
  get isWhole(): boolean {
    return this.#wasStored && this.#doc.store.pendingStructs === null
  }

  /** The store refused: what arrives is not kept on this device any more. */
  get broken(): boolean {
    return this.#broken
  }

  /** 0..1 of what the welcome announced. */
  get progress(): number {
    if (this.#arriving.pieces > 0) return this.#pieces.length / this.#arriving.pieces
    const { seq, head } = this.#arriving
    return head === 0 ? 0 : Math.min(1, ((this.#token?.seq ?? 0) - seq) / Math.max(1, head - seq))
  }

  /** Applies what is stored. A store that cannot be read means an empty start under a new replica id. */
  async load(newReplicaId: () => ReplicaId): Promise<StoredReplica> {
    try {
      const stored = await this.#store.load(this.#documentId)
      const updates = [...stored.updates, ...stored.unsent.map(({ update }) => update)]
      if (updates.length > 0) this.#apply(updates)
      this.#token = stored.token
      this.#wasStored = stored.token !== undefined
      this.#schemaVersion = stored.schemaVersion
      return stored
    } catch {
      this.#broken = true
      return { replicaId: newReplicaId(), updates: [], token: undefined, unsent: [], lastPushId: 0, schemaVersion: 0 }
    }
  }

  /** A welcome: what follows continues the token, or starts from nothing. */
  begin(welcome: Welcome): void {
    this.#schemaVersion = Math.max(this.#schemaVersion, welcome.schemaVersion)
    this.#token ??= { epoch: welcome.epoch, seq: 0, check: emptyCheck(welcome.epoch) }
    this.#pieces = []
    this.#unfinished = undefined
    this.#arriving = { seq: this.#token.seq, head: welcome.head, pieces: 0 }
  }

  /** Applied when its last piece is here. */
  snapshot(frame: Snapshot): void {
    if (this.#token === undefined || frame.part !== this.#pieces.length + 1) throw outOfOrder()
    this.#pieces.push(frame.bytes)
    this.#arriving.pieces = frame.of
    if (frame.part < frame.of) return
    const bytes = concat(this.#pieces)
    this.#pieces = []
    this.#arriving.pieces = 0
    // The snapshot covers whole edits only, so what was held of one is in it.
    this.#unfinished = undefined
    this.#take({ ...this.#token, seq: frame.throughSeq, check: frame.check }, [bytes])
  }

  /** [REP-7] Only this moves the token, and only over exactly what has been applied. [PART-5] Nobody sees half an edit. */
  changes(frame: Changes): void {
    this.#schemaVersion = Math.max(this.#schemaVersion, frame.access?.schemaVersion ?? 0)
    if (frame.updates.length === 0) return
    const reached = this.#unfinished?.token ?? this.#token
    if (reached === undefined || frame.fromSeq !== reached.seq + 1 || frame.head !== reached.seq + frame.updates.length)
      throw outOfOrder()
    const token = { epoch: reached.epoch, seq: frame.head, check: frame.check }
    const updates = [...(this.#unfinished?.updates ?? []), ...frame.updates.filter((update) => update !== null)]
    this.#unfinished = frame.goesOn === true ? { token, updates } : undefined
    if (this.#unfinished === undefined) this.#take(token, updates)
  }

  /**
   * [REP-10] True: this update of the doc, whose origin is not the copy, was made by Yjs while something was applied. It removes marks
   * that say what others say, too; somebody has to send that, or marks that others set later would show here and not there.
   */
  keepIfTidying(update: Uint8Array): boolean {
    if (this.#isApplying) this.#tidied = [mergedUpdates([...this.#tidied, update])]
    return this.#isApplying
  }

  /** What was kept so. */
  takeTidied(): readonly Uint8Array[] {
    const tidied = this.#tidied
    this.#tidied = []
    return tidied
  }

  /**
   * [TAB-2] Applies what was typed in another tab of this browser; the token is not moved. Returns what was new of it:
   * merged with work that has the rest already, it would be no well-formed update. Throws when it is no update.
   */
  takeFromTab(update: Uint8Array): Uint8Array {
    const fresh = Y.diffUpdate(update, Y.encodeStateVector(heldBy(this.#doc)))
    this.#apply([fresh])
    return fresh
  }

  /**
   * Forgets what is stored of the document, `after` what is still being written of it; with a copy, that is put aside for the user. [REP-9] It
   * says how new a page has to be. Rejects only with what `after` does.
   */
  async setAside(copy: Omit<SetAside, 'schemaVersion'> | undefined, after: Promise<void>): Promise<void> {
    await after
    await this.#writing
    const schemaVersion = Math.max(this.#pageSchema, this.#schemaVersion)
    try {
      await this.#store.setAside(this.#documentId, copy && { ...copy, schemaVersion })
    } catch {
      this.#broken = true
      this.#changed()
    }
  }

  async written(): Promise<void> {
    await this.#writing
  }

  #take(token: ResumeToken, updates: readonly Uint8Array[]): void {
    this.#apply(updates)
    this.#token = token
    const schemaVersion = this.#schemaVersion // [REP-9]
    this.#write(() => this.#store.receive(this.#documentId, token, updates, schemaVersion))
  }

  #apply(updates: readonly Uint8Array[]): void {
    this.#isApplying = true
    try {
      Y.transact(
        this.#doc,
        () => {
          for (const update of updates) Y.applyUpdate(this.#doc, update, this)
        },
        this,
        false,
      )
    } finally {
      this.#isApplying = false
    }
  }

  /** After one write has failed no other follows: a stored token must never cover what was not stored. */
  #write(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(async () => {
      if (this.#broken) return
      try {
        await write()
      } catch {
        this.#broken = true
        this.#changed()
      }
    })
  }
}

/**
 * How far a doc holds each client's structs: what it shows, and what waits in it for something that this tab has yet to receive from
 * the log. Of those that wait, as far as they follow without a hole.
 */
function heldBy(doc: Y.Doc): Map<number, number> {
  const held = Y.decodeStateVector(Y.encodeStateVector(doc))
  const waiting = doc.store.pendingStructs
  for (const { id, length } of waiting === null ? [] : Y.decodeUpdateV2(waiting.update).structs.filter(isStruct)) {
    const through = held.get(id.client) ?? 0
    if (id.clock <= through) held.set(id.client, Math.max(through, id.clock + length))
  }
  return held
}

function isStruct(struct: Y.Item | Y.GC | Y.Skip): boolean {
  return !(struct instanceof Y.Skip)
}

function outOfOrder(): SyncError {
  return new SyncError('not-joined', 'Frames arrived out of order. Join again.')
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
