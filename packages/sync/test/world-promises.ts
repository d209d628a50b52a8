import * as Y from 'yjs'
import { LIMITS } from '../src/limits.ts'
import type { LogRow, NewRow } from '../src/ports.ts'
import type { Frame, Push, UserId } from '../src/protocol.ts'
import { allows } from '../src/role-book.ts'
import { contains } from './world-contents.ts'
import type { WorldReplica } from './world-replica.ts'
import type { World } from './world.ts'

/** One history of the document, followed row by row: what must be able to come back after any crash. */
interface Life {
  readonly truth: Y.Doc
  readonly rows: LogRow[]
  /** Schema version that the log has reached with each row. */
  readonly schemas: number[]
}

interface Ack {
  readonly name: string
  readonly update: Uint8Array
  readonly seq: number
}

/**
 * What is promised, held against what everybody is told and shown. Something broken is noted where it is seen, and said
 * at the end of the step. After a restore the earlier life counts too: what was saved then was saved, and cannot be taken back.
 */
export class WorldPromises {
  readonly #world: World
  readonly #lives: Life[] = [{ truth: new Y.Doc(), rows: [], schemas: [] }]
  readonly #pushes = new Map<string, Push>()
  #acks: Ack[] = []
  readonly #edits: { readonly client: number; readonly to: number }[][] = []
  #broken: string | undefined

  constructor(world: World) {
    this.#world = world
  }

  get life(): Life {
    const life = this.#lives.at(-1)
    if (life === undefined) throw new RangeError('There is no life.')
    return life
  }

  break(what: string): void {
    this.#broken ??= what
  }

  /** The log goes back to its first rows: another life begins. */
  restored(head: number): void {
    const { rows, schemas } = this.life
    const life: Life = { truth: new Y.Doc(), rows: rows.slice(0, head), schemas: schemas.slice(0, head) }
    for (const { update } of life.rows) Y.applyUpdate(life.truth, update)
    this.#lives.push(life)
  }

  /** [PROMISE-4] [EPOCH-1] Called in the very moment in which rows have entered the log. */
  async appended(rows: readonly NewRow[]): Promise<void> {
    const { log, documentId } = this.#world
    const epoch = (await log.heads([documentId])).get(documentId)?.epoch
    const other = rows.find((row) => this.#pushes.get(pushName(row))?.epoch !== epoch)
    if (other !== undefined) this.break(`${other.userId} wrote into another epoch than its own.`)
    const users = rows.map(({ userId }) => userId)
    const roles = await log.rolesOf(documentId, users)
    const without = users.find((userId) => !allows(roles?.roles.get(userId), 'editor'))
    if (without !== undefined) this.break(`${without} wrote without being allowed to.`)
    await this.follow()
  }

  /** Reads on where the log has grown, and follows its schema. */
  async follow(): Promise<void> {
    const { log, documentId } = this.#world
    const { rows, schemas, truth } = this.life
    const opened = await log.open(documentId)
    for (const row of opened?.tail ?? []) {
      if (row.seq <= rows.length) continue
      if (row.seq !== rows.length + 1) this.break(`Row ${row.seq} of the log follows row ${rows.length}.`)
      if (!continues(row, rows.at(-1))) this.break(`Row ${row.seq} of the log is half an edit.`)
      const before = schemas.at(-1) ?? 0
      const schema = this.#pushes.get(pushName(row))?.schemaVersion ?? 0
      if (schema < before)
        this.break(`${row.userId} wrote with a page of schema ${schema}; the document has ${before}.`)
      rows.push(row)
      this.#followEdit(row)
      schemas.push(Math.max(before, schema))
      Y.applyUpdate(truth, row.update)
    }
  }

  /** [ACC-4] A push leaves a browser. A page that was told that it is too old sends none. */
  pushed(replica: WorldReplica, input: Push): void {
    this.#pushes.set(pushName({ ...input, userId: replica.userId }), input)
    if (replica.toldSchema > input.schemaVersion) this.break(`${replica.name} sends from a page too old.`)
  }

  /** [PROMISE-1] Somebody is told that a push is saved. */
  acked(name: string, update: Uint8Array, seq: number): void {
    this.#acks.push({ name, update, seq })
  }

  /** [PROMISE-2] Before it is shown: a frame brings only rows of the log, under their own seqs. */
  sawFrame({ name }: WorldReplica, frame: Frame): void {
    if (frame.type === 'welcome') return
    const shown = this.#lives.map(({ rows }) => wrongOf(frame, rows))
    if (shown.every((wrong) => wrong !== undefined)) this.break(`${name} is shown ${shown.at(-1)}.`)
  }

  /** [ACC-4] In the moment before a frame changes a page's document: an older page is read-only by now. */
  applies({ name, schemaVersion, replica }: WorldReplica, frame: Frame): void {
    if (frame.type === 'welcome') return
    const through = frame.type === 'snapshot' ? frame.throughSeq : frame.head
    const schema = this.life.schemas[through - 1] ?? 0
    if (schema > schemaVersion && !replica.view.readOnly)
      this.break(`${name} has schema ${schemaVersion}, may write, and is shown schema ${schema}.`)
  }

  /** At every step. Throws the first thing that is broken. */
  check(): void {
    for (const ack of this.#acks.splice(0)) this.#checkAck(ack)
    for (const replica of this.#world.replicas) this.#checkReplica(replica)
    for (const { id, rooms } of this.#world.nodes) {
      if (rooms === undefined) continue
      const { stats } = rooms
      if (stats.outboxBytes > stats.sessions * LIMITS.outboxBytes)
        this.break(`${id} keeps ${stats.outboxBytes} bytes for ${stats.sessions} sessions.`)
      if (stats.outboxGone > stats.sessions * LIMITS.outboxGone)
        this.break(`${id} keeps ${stats.outboxGone} entries of people who left for ${stats.sessions} sessions.`)
      if (stats.tailBytes > stats.rooms * LIMITS.roomTailBytes || stats.tailRows > stats.rooms * LIMITS.roomTailRows)
        this.break(`${id} keeps ${stats.tailRows} rows of ${stats.tailBytes} bytes for ${stats.rooms} rooms.`)
      if (stats.snapshotBytes > LIMITS.snapshotCacheBytes)
        this.break(`${id} keeps ${stats.snapshotBytes} bytes of snapshots.`)
    }
    if (this.#broken !== undefined) throw new Error(this.#broken)
  }

  #checkAck({ name, update, seq }: Ack): void {
    if (!this.#lives.some(({ rows, truth }) => seq <= rows.length && contains(truth, update)))
      this.break(`${name} was told that a push is saved as ${seq}; the log does not have it.`)
  }

  /** What a document holds is in the log, but for what was typed in it; of that too what is said to be saved. */
  #checkReplica({ name, doc, replica, browser, store, schemaVersion }: WorldReplica): void {
    // [REP-9] Who could not read the store does not have what is in it either.
    const isLoaded = replica.view.phase !== 'loading' && replica.view.keeping === 'device'
    if (isLoaded && store.loadedSchema > schemaVersion && !replica.view.isTooOld)
      this.break(`${name} has schema ${schemaVersion}, its store ${store.loadedSchema}, and it may write.`)
    const saved = replica.view.saving === 'saved' && replica.view.open
    for (const client of doc.store.clients.keys()) {
      // [TAB-2] Typed in this browser, in whichever tab.
      const isOwn = browser.clientIds.has(client)
      if (isOwn && !saved) continue
      const [has, logged] = [Y.getState(doc.store, client), this.#logged(client)]
      const what = isOwn ? 'was told is saved' : 'is shown'
      if (has > logged) this.break(`${name} ${what} ${client}:${has} (${replica.view.phase}); the log has ${logged}.`)
    }
    if (!replica.view.open) return // nothing of it is on the screen
    for (const edit of this.#edits) {
      // Its author has it as it was typed.
      if (edit.some(({ client }) => browser.clientIds.has(client))) continue
      const shown = edit.filter(({ client, to }) => Y.getState(doc.store, client) >= to)
      if (shown.length > 0 && shown.length < edit.length)
        this.break(`${name} is shown ${shown.length} of the ${edit.length} structs of an edit.`)
    }
  }

  /** [PART-5] Where the structs of each row of an edit in parts end. */
  #followEdit({ part, update }: LogRow): void {
    if (part === undefined) return
    if (part.part === 1) this.#edits.push([])
    for (const { id, length } of Y.decodeUpdate(update).structs)
      this.#edits.at(-1)?.push({ client: id.client, to: id.clock + length })
  }

  #logged(client: number): number {
    return Math.max(...this.#lives.map(({ truth }) => Y.getState(truth.store, client)))
  }
}

/** [PART-3] Whether a row is what comes after the one before it: the next part of its edit, or the first of another. */
function continues({ part, ...row }: LogRow, before: LogRow | undefined): boolean {
  if (before?.part === undefined || before.part.part === before.part.of) return (part?.part ?? 1) === 1
  return pushName(before) === pushName(row) && part?.of === before.part.of && part.part === before.part.part + 1
}

function pushName(push: { userId: UserId; replicaId: string; pushId: number }): string {
  return `${push.userId} ${push.replicaId} ${push.pushId}`
}

/** What is wrong with a frame, held against a log; undefined when all of it is there. */
function wrongOf(frame: Exclude<Frame, { type: 'welcome' }>, rows: readonly LogRow[]): string | undefined {
  const [through, moves] =
    frame.type === 'snapshot' ? [frame.throughSeq, frame.part === frame.of] : [frame.head, frame.updates.length > 0]
  if (through > rows.length) return `seq ${through}; the log ends at ${rows.length}`
  if (moves && frame.check !== rows[through - 1]?.check) return `seq ${through} with another check than the log's`
  if (frame.type === 'snapshot') return undefined
  if (frame.head !== frame.fromSeq - 1 + frame.updates.length) return `${frame.updates.length} rows as others`
  const wrong = frame.updates.findIndex(
    (update, index) => update !== null && !sameBytes(update, rows[frame.fromSeq - 1 + index]?.update),
  )
  return wrong < 0 ? undefined : `seq ${frame.fromSeq + wrong} with other bytes than the log's`
}

function sameBytes(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one.byteLength === other?.byteLength && one.every((byte, index) => byte === other[index])
}
