import * as Y from 'yjs'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { canIntegrate, type Reference } from './struct-order.ts'
import { judgeContents, type UpdateContents } from './update-contents.ts'
import { PushedUpdateReader, UpdateReader } from './update-reader.ts'

/** A state vector: Yjs client id -> the clock that follows its last struct. */
export type Vector = ReadonlyMap<number, number>

/** What an update contains and leans on, read without building a document. */
export interface DecodedUpdate {
  /** Per client id, the run of clocks `from` (inclusive) to `to` (exclusive) that it brings, without holes. */
  readonly runs: ReadonlyMap<number, { readonly from: number; readonly to: number }>
  /** Per client id, the clock that must be known (with the runs themselves) for everything it refers to. */
  readonly needs: Vector
  readonly deletes: boolean
  /** How many structs it brings. */
  readonly structs: number
}

/**
 * [VAL-1] [VAL-2] Reads an update's structure and refuses what is not well-formed: truncated or trailing bytes,
 * holes, runs and counts over the limits. Throws SyncError 'malformed-update' or 'update-too-large'.
 * `Y.applyUpdate` is not atomic, so nothing may be applied or logged before this has passed.
 * With `pushed`, as everything that somebody wants to add: [VAL-8] to [VAL-11] hold, too. A row that is in the log is
 * read without it, for it has to be read whatever the rules are today.
 */
export function decodeUpdate(update: Uint8Array, pushed?: UpdateContents): DecodedUpdate {
  if (update.byteLength > LIMITS.updateBytes) {
    throw new SyncError(
      'update-too-large',
      `Update of ${update.byteLength} bytes; the limit is ${LIMITS.updateBytes} (LIMITS.updateBytes).`,
    )
  }
  const { structs, ds } = decodeWhole(update, pushed === undefined ? UpdateReader : PushedUpdateReader)
  const runs = new Map<number, { from: number; to: number }>()
  const references: Reference[] = []
  for (const struct of structs) {
    extendRun(runs, struct)
    if (struct instanceof Y.Item) noteReferences(references, struct)
  }
  if (runs.size > LIMITS.updateClients)
    throw malformed(`runs of ${runs.size} clients; the limit is ${LIMITS.updateClients}`)
  if (!canIntegrate(runs, references)) throw malformed('its structs wait for each other')
  if (pushed !== undefined) judgeContents(structs, pushed)
  const needs = new Map<number, number>()
  for (const { onClient, onClock } of references) need(needs, onClient, onClock + 1)
  let deletes = false
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) {
      if (!(len > 0) || len > LIMITS.updateRun) throw malformed(`it deletes ${len} clock ticks at once`)
      need(needs, client, clock + len)
      deletes = true
    }
  }
  return { runs, needs, deletes, structs: structs.length }
}

/** Where every client of an update ends: what a room adds to its vector when a log row arrives. */
export function advanceVector(vector: Map<number, number>, decoded: DecodedUpdate): void {
  for (const [client, { to }] of decoded.runs) vector.set(client, Math.max(vector.get(client) ?? 0, to))
}

/** The part of an update that `known` does not have; deletes are kept whole. */
export function trimUpdate(update: Uint8Array, known: Vector): Uint8Array {
  return Y.diffUpdate(update, Y.encodeStateVector(new Map(known)))
}

function decodeWhole(update: Uint8Array, reader: typeof UpdateReader): ReturnType<typeof Y.decodeUpdate> {
  let decoded: ReturnType<typeof Y.decodeUpdate>
  try {
    decoded = Y.decodeUpdateV2(update, reader)
  } catch (cause) {
    if (cause instanceof SyncError) throw cause
    throw malformed('it cannot be decoded', cause)
  }
  const end = UpdateReader.last?.restDecoder.pos
  UpdateReader.last = undefined
  // Yjs stops reading where the update ends and would carry whatever follows along into the log.
  if (end !== update.byteLength) throw malformed('bytes follow its end')
  return decoded
}

function extendRun(runs: Map<number, { from: number; to: number }>, struct: Y.Item | Y.GC | Y.Skip): void {
  const { client, clock } = struct.id
  if (struct instanceof Y.Skip) throw malformed(`it has a hole at ${client}:${clock}`)
  if (!(struct.length > 0) || struct.length > LIMITS.updateRun || clock + struct.length > 2 ** 31) {
    throw malformed(`a run of ${struct.length} clock ticks at ${client}:${clock}`)
  }
  const run = runs.get(client)
  if (run === undefined) runs.set(client, { from: clock, to: clock + struct.length })
  else if (run.to !== clock) throw malformed(`it has a hole at ${client}:${run.to}`)
  else run.to = clock + struct.length
}

function noteReferences(references: Reference[], item: Y.Item): void {
  const { client, clock } = item.id
  const parent: unknown = item.parent
  for (const target of [item.origin, item.rightOrigin, parent instanceof Y.ID ? parent : null]) {
    if (target !== null) references.push({ client, clock, onClient: target.client, onClock: target.clock })
  }
}

function need(needs: Map<number, number>, client: number, clock: number): void {
  if (clock > (needs.get(client) ?? 0)) needs.set(client, clock)
}

function malformed(what: string, cause?: unknown): SyncError {
  return new SyncError('malformed-update', `The update is not well-formed: ${what}.`, { cause })
}
