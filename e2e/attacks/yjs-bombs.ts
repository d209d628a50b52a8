import { createEncoder, toUint8Array, writeUint8, writeVarString, writeVarUint, type Encoder } from 'lib0/encoding'
import * as Y from 'yjs'

/** An update of a new document that `edit` makes, under a client id of one's choice. */
export function updateOf(clientId: number, edit: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = clientId
  doc.transact(() => edit(doc))
  return Y.encodeStateAsUpdate(doc)
}

/** A paragraph as the page makes it. */
export function paragraphOf(text: string, marks: Readonly<Record<string, unknown>> = {}): Y.XmlElement {
  const [paragraph, inner] = [new Y.XmlElement('paragraph'), new Y.XmlText()]
  inner.insert(0, text, marks)
  paragraph.insert(0, [inner])
  return paragraph
}

/** Bytes written by hand, where Yjs itself would not write them: one client's structs from `clock` on, and no deletes. */
export function structsOf(
  options: { clientId: number; clock?: number; count?: number },
  write: (encoder: Encoder) => void,
): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, 1)
  writeVarUint(encoder, options.count ?? 1)
  writeVarUint(encoder, options.clientId)
  writeVarUint(encoder, options.clock ?? 0)
  write(encoder)
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

/** A run that says it was garbage-collected. */
export function writeGc(encoder: Encoder, length: number): void {
  writeUint8(encoder, 0)
  writeVarUint(encoder, length)
}

export function writeSkip(encoder: Encoder, length: number): void {
  writeUint8(encoder, 10)
  writeVarUint(encoder, length)
}

const STRING = 4

/** A text item inside the item `parent`, or to the right of the item `origin`. */
export function writeText(
  encoder: Encoder,
  where: { parent: readonly [number, number] } | { origin: readonly [number, number] },
): void {
  const [client, clock] = 'parent' in where ? where.parent : where.origin
  writeUint8(encoder, 'parent' in where ? STRING : STRING | 0x80)
  if ('parent' in where) writeVarUint(encoder, 0) // an id follows, not a name
  writeVarUint(encoder, client)
  writeVarUint(encoder, clock)
  writeVarString(encoder, 'x')
}

/** Deletes somebody's run, and nothing else. */
export function deletesOf(clientId: number, clock: number, length: number): Uint8Array {
  const encoder = createEncoder()
  for (const value of [0, 1, clientId, 1, clock, length]) writeVarUint(encoder, value)
  return toUint8Array(encoder)
}
