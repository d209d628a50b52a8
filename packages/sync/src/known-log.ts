import { nextCheck } from './check.ts'
import { advanceVector, decodeUpdate, trimUpdate, type DecodedUpdate } from './decoded-update.ts'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { Head, LogRow, OpenedLog } from './ports.ts'
import type { ReplicaId, ResumeToken, UserId } from './protocol.ts'

/** An update as it was pushed, and what is in it. */
export interface DecodedPart {
  readonly update: Uint8Array
  readonly decoded: DecodedUpdate
}

/** A pushed update that may become a row: its bytes (trimmed to what is new) and the client ids it uses first. */
export interface Fit {
  readonly update: Uint8Array
  readonly newClients: readonly number[]
}

/** Judges edits one after the other, each on top of the log and of the edits before it that fit. A part that brings nothing new makes no row. */
export type Judge = (userId: UserId, parts: readonly DecodedPart[]) => readonly Fit[] | 'nothing-new' | 'missing'

/** How far a room would be with some rows more: what judging a batch builds up before anything is written. */
interface Layer {
  readonly vector: Map<number, number>
  readonly owners: Map<number, UserId>
  weight: Weight
}

/** What a document's quota counts. */
export interface Weight {
  readonly bytes: number
  readonly structs: number
}

/** A remembered replica's greatest push id; forgotten ones are looked up in the log again. */
const REMEMBERED_REPLICAS = 2_000

/**
 * What one node knows of one document's log: where it stands, its state vector, who owns which client id, and
 * its most recent rows. It only ever holds rows that are in the log, in order.
 */
export class KnownLog {
  #head: Head
  readonly #vector: Map<number, number>
  readonly #owners: Map<number, UserId>
  readonly #lastPush = new Map<string, number>()
  #rows: LogRow[]
  #rowBytes = 0
  /** Of the rows that memory has, in their order. */
  #rowStructs: number[] = []
  /** Updates of the last batch that were read to be judged: they come back as rows, and are not read again. */
  readonly #judged = new Map<Uint8Array, DecodedUpdate>()
  #weight: Weight
  #snapshotSeq: number
  #snapshotStructs: number

  constructor(opened: OpenedLog) {
    this.#head = pickHead(opened)
    this.#vector = new Map(opened.snapshotVector)
    this.#owners = new Map(opened.owners)
    this.#rows = []
    this.#weight = { bytes: opened.snapshotBytes, structs: opened.snapshotStructs }
    this.#snapshotSeq = opened.snapshotSeq
    this.#snapshotStructs = opened.snapshotStructs
    for (const row of opened.tail) this.#learn(row)
  }

  get head(): Head {
    return this.#head
  }

  get token(): ResumeToken {
    return { epoch: this.#head.epoch, seq: this.#head.head, check: this.#head.check }
  }

  /** What is kept of the log in memory; at most LIMITS.roomTailBytes and LIMITS.roomTailRows. */
  get tail(): { readonly rows: number; readonly bytes: number } {
    return { rows: this.#rows.length, bytes: this.#rowBytes }
  }

  /** What no snapshot covers yet, as far as this node knows. */
  get sinceSnapshot(): { readonly rows: number; readonly structs: number } {
    return { rows: this.#head.head - this.#snapshotSeq, structs: this.#weight.structs - this.#snapshotStructs }
  }

  /** Of the snapshot and the updates after it. */
  get weight(): Weight {
    return this.#weight
  }

  /**
   * A snapshot now covers the log through `throughSeq`: what the document weighs is known anew. `asked` is what it weighed
   * when that was asked for: rows after the snapshot that memory no longer has weigh at most what has come since.
   */
  compacted({ throughSeq, bytes, structs }: { throughSeq: number } & Weight, asked: Weight): void {
    const firstAfter = this.#rows.findIndex(({ seq }) => seq > throughSeq)
    const after = firstAfter < 0 ? [] : this.#rows.slice(firstAfter)
    const areAllHere = after.length >= this.#head.head - throughSeq
    const since = areAllHere
      ? after.map((row, at) => ({ bytes: row.update.byteLength, structs: this.#rowStructs[firstAfter + at] ?? 0 }))
      : [{ bytes: this.#weight.bytes - asked.bytes, structs: this.#weight.structs - asked.structs }]
    this.#snapshotSeq = throughSeq
    this.#snapshotStructs = structs
    this.#weight = since.reduce(heavier, { bytes, structs })
  }

  /**
   * [GAP-1] Takes the row that follows the head. Returns false, and changes nothing, when the row is known already;
   * throws when it does not follow: the caller must never skip one.
   */
  follow(row: LogRow): boolean {
    if (row.seq <= this.#head.head) return false
    if (row.seq !== this.#head.head + 1 || row.check !== nextCheck(this.#head.check, row.update)) {
      throw new SyncError('log-unavailable', `Row ${row.seq} does not follow row ${this.#head.head}.`)
    }
    this.#learn(row)
    this.#head = { ...this.#head, head: row.seq, check: row.check }
    return true
  }

  /** Access and schema version only ever move forward. */
  raise(to: { accessVersion?: number; schemaVersion?: number }): void {
    this.#head = {
      ...this.#head,
      accessVersion: Math.max(this.#head.accessVersion, to.accessVersion ?? 0),
      schemaVersion: Math.max(this.#head.schemaVersion, to.schemaVersion ?? 0),
    }
  }

  /** The rows after a token, from memory. Undefined: the log has to be asked. */
  rowsAfter(token: ResumeToken): readonly LogRow[] | undefined {
    if (token.epoch !== this.#head.epoch || token.seq > this.#head.head) return undefined
    if (token.seq === this.#head.head) return token.check === this.#head.check ? [] : undefined
    const first = this.#rows[0]
    if (first === undefined || token.seq < first.seq - 1) return undefined
    if (token.seq === first.seq - 1)
      return nextCheck(token.check, first.update) === first.check ? [...this.#rows] : undefined
    const at = token.seq - first.seq
    return this.#rows[at]?.check === token.check ? this.#rows.slice(at + 1) : undefined
  }

  /** Greatest push id of a replica in this log; undefined when this node has to ask. */
  lastPush(userId: UserId, replicaId: ReplicaId): number | undefined {
    return this.#lastPush.get(`${userId} ${replicaId}`)
  }

  rememberPush(userId: UserId, replicaId: ReplicaId, pushId: number): void {
    const key = `${userId} ${replicaId}`
    const last = Math.max(this.#lastPush.get(key) ?? 0, pushId)
    this.#lastPush.delete(key)
    this.#lastPush.set(key, last)
    if (this.#lastPush.size > REMEMBERED_REPLICAS) {
      for (const oldest of this.#lastPush.keys()) {
        this.#lastPush.delete(oldest)
        break
      }
    }
  }

  /** [PART-3] A judge for one batch. An edit fits with all its parts, or not at all and leaves no trace in what is judged after it. */
  judge(): Judge {
    let layer: Layer = { vector: new Map(), owners: new Map(), weight: this.#weight }
    this.#judged.clear()
    return (userId, parts) => {
      const tried = parts.length > 1 ? copyOf(layer) : layer
      const fits: Fit[] = []
      for (const part of parts) {
        const fit = this.#judgeOne(tried, userId, part)
        if (fit === 'missing') return fit
        if (fit !== 'nothing-new') fits.push(fit)
      }
      layer = tried
      return fits.length === 0 ? 'nothing-new' : fits
    }
  }

  /**
   * [VAL-3] Client ids belong to one user. [VAL-4] Runs start exactly where the log ends; what is known already is cut off,
   * its deletes kept. [VAL-5] Nothing it refers to is missing. [VAL-6] The document has room for it.
   */
  #judgeOne(layer: Layer, userId: UserId, { update, decoded }: DecodedPart): Fit | 'nothing-new' | 'missing' {
    const known = (client: number): number => layer.vector.get(client) ?? this.#vector.get(client) ?? 0
    const overlapping = new Map<number, number>()
    const newClients: number[] = []
    let brings = decoded.deletes
    for (const [client, run] of decoded.runs) {
      const clock = known(client)
      if (run.from > clock) return 'missing'
      if (run.from < clock) overlapping.set(client, clock)
      if (run.to <= clock) continue
      const owner = layer.owners.get(client) ?? this.#owners.get(client)
      if (owner === undefined) newClients.push(client)
      else if (owner !== userId) {
        throw new SyncError('foreign-client-id', `Client id ${client} belongs to another user of this document.`)
      }
      brings = true
    }
    for (const [client, clock] of decoded.needs) {
      if (clock > Math.max(known(client), decoded.runs.get(client)?.to ?? 0)) return 'missing'
    }
    if (!brings) return 'nothing-new'
    const weight = heavier(layer.weight, { bytes: update.byteLength, structs: decoded.structs })
    throwIfFull(weight)
    advanceVector(layer.vector, decoded)
    for (const [client, clock] of overlapping) layer.vector.set(client, Math.max(clock, layer.vector.get(client) ?? 0))
    for (const client of newClients) layer.owners.set(client, userId)
    layer.weight = weight
    if (overlapping.size > 0) return { update: trimUpdate(update, overlapping), newClients }
    this.#judged.set(update, decoded)
    return { update, newClients }
  }

  #learn(row: LogRow): void {
    const decoded = this.#judged.get(row.update) ?? decodeUpdate(row.update)
    this.#judged.delete(row.update)
    advanceVector(this.#vector, decoded)
    for (const client of decoded.runs.keys()) if (!this.#owners.has(client)) this.#owners.set(client, row.userId)
    this.rememberPush(row.userId, row.replicaId, row.pushId)
    this.#rows.push(row)
    this.#rowBytes += row.update.byteLength
    this.#rowStructs.push(decoded.structs)
    this.#weight = heavier(this.#weight, { bytes: row.update.byteLength, structs: decoded.structs })
    this.#forgetOldRows()
  }

  /** Cuts in halves, so that the cost per row stays constant. */
  #forgetOldRows(): void {
    while (this.#rowBytes > LIMITS.roomTailBytes || this.#rows.length > LIMITS.roomTailRows) {
      const half = Math.ceil(this.#rows.length / 2)
      this.#rows = this.#rows.slice(half)
      this.#rowStructs = this.#rowStructs.slice(half)
      this.#rowBytes = this.#rows.reduce((sum, row) => sum + row.update.byteLength, 0)
    }
  }
}

function copyOf({ vector, owners, weight }: Layer): Layer {
  return { vector: new Map(vector), owners: new Map(owners), weight }
}

function heavier(one: Weight, by: Weight): Weight {
  return { bytes: one.bytes + by.bytes, structs: one.structs + by.structs }
}

function throwIfFull({ bytes, structs }: Weight): void {
  const name = bytes > LIMITS.documentBytes ? 'documentBytes' : structs > LIMITS.documentStructs && 'documentStructs'
  if (name === false) return
  const what = name === 'documentBytes' ? 'bytes' : 'structs (pieces of text, nodes and marks)'
  throw new SyncError('document-full', `The document has reached ${LIMITS[name]} ${what} (LIMITS.${name}).`)
}

export function pickHead({ epoch, head, check, accessVersion, schemaVersion, damagedAfterMs }: Head): Head {
  const damage = damagedAfterMs !== undefined && { damagedAfterMs }
  return { epoch, head, check, accessVersion, schemaVersion, ...(damage || undefined) }
}
