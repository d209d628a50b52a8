import { mergedUpdates } from '@tandem/sync'
import { Random } from '@tandem/sync/random'
import * as Y from 'yjs'
import type { Row } from '../row.ts'

const SEEDS_PER_PART_MS = 200 / 4_000
const FULL_SEEDS = 20_000
const PEERS = 4
const EDITS = 40
const WAYS = 4

export const F54: Row = {
  id: 'F54',
  injection: `the same edits of ${PEERS} peers, in ${WAYS} ways: batched, merged, repeated and in any order that a log could have, with snapshots in between (merged as the compactor merges, or as a replica would send them), through peers that hand on what they have. (Shuffled without regard to what needs what, which no log is, two merged updates that need each other wait in Yjs for ever: counted, not judged)`,
  promised: 'the result does not depend on it',
  passes: `the same document in every way, ${FULL_SEEDS} seeds (short: 200)`,
  async run(stage, partMs) {
    const seeds = partMs >= 20_000 ? FULL_SEEDS : Math.round(partMs * SEEDS_PER_PART_MS)
    const first = Math.floor(stage.random.fraction() * 2 ** 31)
    let [different, firstDifferent, stuckShuffled] = [0, 0, 0]
    for (let seed = first; seed < first + seeds; seed += 1) {
      const { isSame, isStuckShuffled } = everyWay(seed)
      if (!isSame) {
        different += 1
        firstDifferent ||= seed
      }
      if (isStuckShuffled) stuckShuffled += 1
      if (seed % 20 === 0) await stage.wait(0)
    }
    await stage.settled()
    return { seeds, different, stuckShuffled, ...(different > 0 && { firstDifferentSeed: firstDifferent }) }
  },
  met: ({ seeds = 0, different = 1 }) => seeds >= FULL_SEEDS && different === 0,
}

/** An update, and the clocks that it needs and brings, by client. */
interface Piece {
  readonly update: Uint8Array
  readonly needs: ReadonlyMap<number, number>
  readonly brings: ReadonlyMap<number, number>
}

function everyWay(seed: number): { isSame: boolean; isStuckShuffled: boolean } {
  const random = new Random(seed)
  const pieces = editsOf(random)
  const reference = documentOf(pieces)
  const results = Array.from({ length: WAYS }, () => anotherWay(random, pieces))
  const isSame = results.every((doc) => isSameDocument(doc, reference))
  const shuffled = documentOf(batches(random, shuffle(random, batches(random, pieces))))
  const isStuckShuffled = shuffled.store.pendingStructs !== null
  for (const doc of [reference, shuffled, ...results]) doc.destroy()
  return { isSame, isStuckShuffled }
}

/** In the order in which they were made, by peers who hear of each other now and then. */
function editsOf(random: Random): Piece[] {
  const pieces: Piece[] = []
  const peers = Array.from({ length: PEERS }, (_, index) => {
    const doc = new Y.Doc()
    doc.clientID = index + 1
    return doc
  })
  for (let edit = 0; edit < EDITS; edit += 1) {
    const peer = random.pick(peers)
    if (random.chance(0.4)) {
      const other = random.pick(peers)
      Y.applyUpdate(peer, Y.encodeStateAsUpdate(other, Y.encodeStateVector(peer)))
    }
    const needs = clocksOf(peer)
    const made = (update: Uint8Array): unknown => pieces.push({ update, needs, brings: ownClockOf(peer) })
    peer.on('update', made)
    peer.transact(() => editOnce(random, peer))
    peer.off('update', made)
  }
  for (const peer of peers) peer.destroy()
  return pieces
}

function clocksOf(doc: Y.Doc): ReadonlyMap<number, number> {
  return Y.decodeStateVector(Y.encodeStateVector(doc))
}

function ownClockOf(doc: Y.Doc): ReadonlyMap<number, number> {
  return new Map([[doc.clientID, clocksOf(doc).get(doc.clientID) ?? 0]])
}

function editOnce(random: Random, doc: Y.Doc): void {
  const text = doc.getText('text')
  const blocks = doc.getXmlFragment('body')
  const at = random.int(text.length + 1)
  const length = Math.min(random.int(4), text.length - at)
  const kind = random.int(6)
  if (kind === 0) doc.getMap('map').set(`key${random.int(3)}`, random.int(100))
  else if (kind === 1) text.delete(at, length)
  else if (kind === 2) text.format(at, length, { bold: random.chance(0.5) || null })
  else if (kind === 3) blocks.insert(random.int(blocks.length + 1), [new Y.XmlElement(`block${random.int(3)}`)])
  else if (kind === 4 && blocks.length > 0) blocks.delete(random.int(blocks.length), 1)
  else text.insert(at, `<${random.int(1_000)}>`)
}

/** One peer after the other gets everything, each in its own batches; a snapshot is what one of them hands on. */
function anotherWay(random: Random, pieces: readonly Piece[]): Y.Doc {
  let carried = pieces
  for (let hop = random.int(3); hop > 0; hop -= 1) carried = handedOn(random, carried)
  return documentOf(batches(random, reordered(random, carried)))
}

/** A snapshot of a prefix and what came after it, merged here and there, some of it twice. */
function handedOn(random: Random, pieces: readonly Piece[]): Piece[] {
  const through = random.int(pieces.length + 1)
  const tail = batches(random, pieces.slice(through))
  const repeated = tail.filter(() => random.chance(0.2))
  const prefix = pieces.slice(0, through)
  return [...(prefix.length > 0 ? [snapshotOf(random, prefix)] : []), ...tail, ...repeated]
}

/** As compaction makes one, or as a peer that has them in a document would send it. */
function snapshotOf(random: Random, pieces: readonly Piece[]): Piece {
  const merged = together(pieces)
  if (random.chance(0.5)) return merged
  const doc = documentOf(pieces)
  const update = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return { ...merged, update }
}

function batches(random: Random, pieces: readonly Piece[]): Piece[] {
  const made: Piece[] = []
  for (let at = 0; at < pieces.length;) {
    const size = 1 + random.int(6)
    made.push(together(pieces.slice(at, at + size)))
    at += size
  }
  return made
}

/** What one brings another of them need not find. */
function together(pieces: readonly Piece[]): Piece {
  const [needs, brings] = [new Map<number, number>(), new Map<number, number>()]
  for (const piece of pieces) {
    for (const [client, clock] of piece.needs)
      if (clock > (brings.get(client) ?? 0)) needs.set(client, Math.max(clock, needs.get(client) ?? 0))
    for (const [client, clock] of piece.brings) brings.set(client, Math.max(clock, brings.get(client) ?? 0))
  }
  return { update: mergedUpdates(pieces.map(({ update }) => update)), needs, brings }
}

/** Any order in which nothing comes before what it needs. */
function reordered(random: Random, pieces: readonly Piece[]): Piece[] {
  const left = shuffle(random, pieces)
  const placed: Piece[] = []
  const known = new Map<number, number>()
  while (left.length > 0) {
    const next = left.findIndex(({ needs }) => [...needs].every(([client, clock]) => (known.get(client) ?? 0) >= clock))
    const [piece] = left.splice(next, 1)
    if (next === -1 || piece === undefined) throw new Error('Pieces that need each other.')
    for (const [client, clock] of piece.brings) known.set(client, Math.max(clock, known.get(client) ?? 0))
    placed.push(piece)
  }
  return placed
}

function shuffle<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: random.fraction() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}

/** Without garbage collection, as the log keeps it: what is deleted can be compared too. */
function documentOf(pieces: readonly Piece[]): Y.Doc {
  const doc = new Y.Doc({ gc: false })
  for (const { update } of pieces) Y.applyUpdate(doc, update)
  return doc
}

function isSameDocument(one: Y.Doc, other: Y.Doc): boolean {
  const says = (doc: Y.Doc): string => {
    const map = Object.entries(doc.getMap('map').toJSON()).sort(([a], [b]) => (a < b ? -1 : 1))
    return JSON.stringify([doc.getText('text').toDelta(), map, doc.getXmlFragment('body').toString()])
  }
  const isPending = one.store.pendingStructs !== null || one.store.pendingDs !== null
  return !isPending && Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other)) && says(one) === says(other)
}
