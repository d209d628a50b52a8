import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'

type Struct = Y.Item | Y.GC
type Deleted = { readonly client: number; readonly clock: number; readonly len: number }

/** No struct takes less than this many bytes: an update that is short enough need not be decoded to count its structs. */
const LEAST_STRUCT_BYTES = 2
/** At least what a part needs by itself, and what names one client in it. */
const HEADER_BYTES = 32
/** At least what one deleted range takes, its client named anew. */
const DELETED_BYTES = 24
/** A text is cut into pieces of so small a part of a part that they pack well; one UTF-16 unit takes up to 3 bytes. */
const PIECES = 8

/**
 * Updates of at most `partBytes` (and LIMITS.updateStructs) each that together do what `update` does. Each one is well-formed
 * by itself and leans only on those before it, so a log judges and applies them one by one; deletes come last.
 * One that is small enough is returned as it is. Throws SyncError 'update-too-large' when a single value is larger than
 * a part, or there would be more than LIMITS.editParts.
 */
export function splitUpdate(
  update: Uint8Array,
  partBytes: number = LIMITS.updateBytes,
  partStructs: number = LIMITS.updateStructs,
): readonly Uint8Array[] {
  if (update.byteLength <= Math.min(partBytes, partStructs * LEAST_STRUCT_BYTES)) return [update]
  const { structs, ds } = Y.decodeUpdate(update)
  if (update.byteLength <= partBytes && structs.length <= partStructs) return [update]
  const writer = new PartsWriter(partBytes, partStructs)
  for (const struct of inOrder(structs)) {
    for (const piece of inPieces(struct, partBytes - 2 * HEADER_BYTES)) writer.addStruct(piece)
  }
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) writer.addDeleted({ client, clock, len })
  }
  const parts = writer.finish()
  if (parts.length > LIMITS.editParts) {
    throw new SyncError(
      'update-too-large',
      `An edit of ${update.byteLength} bytes in ${parts.length} parts; the limit is ${LIMITS.editParts} (LIMITS.editParts).`,
    )
  }
  return parts
}

class PartsWriter {
  readonly #partBytes: number
  readonly #partStructs: number
  readonly #parts: Uint8Array[] = []
  #structs = new Map<number, Struct[]>()
  #deleted: Deleted[] = []
  #bytes = HEADER_BYTES
  #count = 0

  constructor(partBytes: number, partStructs: number) {
    this.#partBytes = partBytes
    this.#partStructs = partStructs
  }

  addStruct(struct: Struct): void {
    const bytes = sizeOf(struct)
    if (bytes + 2 * HEADER_BYTES > this.#partBytes) throw valueTooLarge(bytes)
    this.#makeRoom(bytes + HEADER_BYTES)
    const own = this.#structs.get(struct.id.client)
    this.#bytes += own === undefined ? bytes + HEADER_BYTES : bytes
    if (own === undefined) this.#structs.set(struct.id.client, [struct])
    else own.push(struct)
    this.#count += 1
  }

  addDeleted(deleted: Deleted): void {
    this.#makeRoom(DELETED_BYTES)
    this.#bytes += DELETED_BYTES
    this.#deleted.push(deleted)
  }

  finish(): readonly Uint8Array[] {
    this.#flush()
    return this.#parts
  }

  #makeRoom(bytes: number): void {
    if (this.#count >= this.#partStructs || this.#bytes + bytes > this.#partBytes) this.#flush()
  }

  #flush(): void {
    if (this.#structs.size > 0 || this.#deleted.length > 0) this.#parts.push(encodeUpdate(this.#structs, this.#deleted))
    this.#structs = new Map()
    this.#deleted = []
    this.#bytes = HEADER_BYTES
    this.#count = 0
  }
}

/** Yjs writes each client's structs together. Here each comes after all that it leans on, whoever wrote that. */
function* inOrder(structs: readonly (Struct | Y.Skip)[]): Generator<Struct, void, undefined> {
  const queues = new Map<number, Struct[]>()
  for (const struct of structs) {
    if (struct instanceof Y.Skip) throw new SyncError('malformed-update', 'An update with a hole cannot be split.')
    const queue = queues.get(struct.id.client)
    if (queue === undefined) queues.set(struct.id.client, [struct])
    else queue.push(struct)
  }
  const next = new Map([...queues.keys()].map((client) => [client, 0]))
  const isHere = ({ client, clock }: Y.ID): boolean => {
    const waiting = queues.get(client)?.[next.get(client) ?? 0]
    return waiting === undefined || clock < waiting.id.clock
  }
  for (let left = structs.length; left > 0;) {
    const before = left
    for (const [client, queue] of queues) {
      let at = next.get(client) ?? 0
      for (let struct = queue[at]; struct !== undefined && leansOn(struct).every(isHere); struct = queue[at]) {
        yield struct
        left -= 1
        next.set(client, (at += 1))
      }
    }
    if (left === before) throw new SyncError('malformed-update', 'Structs of the update wait for each other.')
  }
}

function leansOn(struct: Struct): readonly Y.ID[] {
  if (struct instanceof Y.GC) return []
  const parent: unknown = struct.parent
  return [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null].filter((id) => id !== null)
}

/** A text or a list of values that is too long becomes several, exactly as Yjs splits an item when somebody types into it. */
function* inPieces(struct: Struct, maxBytes: number): Generator<Struct, void, undefined> {
  if (struct instanceof Y.GC || sizeOf(struct) <= maxBytes) return yield struct
  const { content } = struct
  if (content instanceof Y.ContentString) {
    yield* piecesOf(struct, textPieces(content.str, Math.floor(maxBytes / PIECES)))
  } else if (content instanceof Y.ContentAny && content.arr.length > 1) {
    yield* piecesOf(
      struct,
      content.arr.map((value) => new Y.ContentAny([value])),
    )
  } else throw valueTooLarge(sizeOf(struct))
}

function* piecesOf(item: Y.Item, contents: readonly Y.Item['content'][]): Generator<Y.Item, void, undefined> {
  const { client } = item.id
  let { clock } = item.id
  let { origin } = item
  for (const content of contents) {
    const id = Y.createID(client, clock)
    yield new Y.Item(id, null, origin, null, item.rightOrigin, item.parent, item.parentSub, content)
    clock += content.getLength()
    origin = Y.createID(client, clock - 1)
  }
}

/** Never between the two halves of a surrogate pair: Yjs would replace both. */
function textPieces(text: string, units: number): readonly Y.ContentString[] {
  const pieces: Y.ContentString[] = []
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = Math.min(text.length, from + Math.max(2, units))
    const isHighHalf = (text.charCodeAt(to - 1) & 0xfc00) === 0xd800
    if (to < text.length && isHighHalf) to -= 1
    pieces.push(new Y.ContentString(text.slice(from, to)))
  }
  return pieces
}

function sizeOf(struct: Struct): number {
  const encoder = new Y.UpdateEncoderV1()
  struct.write(encoder, 0)
  return encoder.toUint8Array().byteLength
}

/**
 * As `Y.encodeStateAsUpdate` writes: structs by client, then the deleted ranges by client. Greater client ids come first:
 * `Y.mergeUpdates` loses structs of an update in which they do not.
 */
export function encodeUpdate(
  structs: ReadonlyMap<number, readonly (Struct | Y.Skip)[]>,
  deleted: readonly Deleted[],
): Uint8Array {
  const encoder = new Y.UpdateEncoderV1()
  const { restEncoder } = encoder
  encoding.writeVarUint(restEncoder, structs.size)
  for (const [client, own] of [...structs].sort(([one], [other]) => other - one)) {
    encoding.writeVarUint(restEncoder, own.length)
    encoder.writeClient(client)
    encoding.writeVarUint(restEncoder, own[0]?.id.clock ?? 0)
    for (const struct of own) struct.write(encoder, 0)
  }
  const ranges = Map.groupBy(deleted, ({ client }) => client)
  encoding.writeVarUint(restEncoder, ranges.size)
  for (const [client, own] of ranges) {
    encoder.resetDsCurVal()
    encoding.writeVarUint(restEncoder, client)
    encoding.writeVarUint(restEncoder, own.length)
    for (const { clock, len } of own) {
      encoder.writeDsClock(clock)
      encoder.writeDsLen(len)
    }
  }
  return encoder.toUint8Array()
}

function valueTooLarge(bytes: number): SyncError {
  return new SyncError(
    'update-too-large',
    `A single value of ${bytes} bytes; one has to fit into a part of ${LIMITS.updateBytes} (LIMITS.updateBytes).`,
  )
}
