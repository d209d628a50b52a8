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
  injection: `the same edits of ${PEERS} peers, in ${WAYS} ways: batched, merged, repeated and shuffled at random, with snapshots in between, through peers that hand on what they have`,
  promised: 'the result does not depend on it',
  passes: `the same document in every way, ${FULL_SEEDS} seeds (short: 200)`,
  narrower: 'merged as replicas merge, not by the compactor’s worker',
  async run(stage, partMs) {
    const seeds = partMs >= 20_000 ? FULL_SEEDS : Math.round(partMs * SEEDS_PER_PART_MS)
    const first = Math.floor(stage.random.fraction() * 2 ** 31)
    let [different, firstDifferent] = [0, 0]
    for (let seed = first; seed < first + seeds; seed += 1) {
      if (!isSameEveryWay(seed)) {
        different += 1
        firstDifferent ||= seed
      }
      if (seed % 20 === 0) await stage.wait(0)
    }
    await stage.settled()
    return { seeds, different, ...(different > 0 && { firstDifferentSeed: firstDifferent }) }
  },
  met: ({ seeds = 0, different = 1 }) => seeds >= FULL_SEEDS && different === 0,
}

function isSameEveryWay(seed: number): boolean {
  const random = new Random(seed)
  const updates = editsOf(random)
  const reference = documentOf(updates)
  const results = Array.from({ length: WAYS }, () => anotherWay(random, updates))
  const isSame = results.every((doc) => isSameDocument(doc, reference))
  for (const doc of [reference, ...results]) doc.destroy()
  return isSame
}

/** Updates in the order in which they were made, by peers who hear of each other now and then. */
function editsOf(random: Random): Uint8Array[] {
  const updates: Uint8Array[] = []
  const peers = Array.from({ length: PEERS }, (_, index) => {
    const doc = new Y.Doc()
    doc.clientID = index + 1
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'heard') updates.push(update)
    })
    return doc
  })
  for (let edit = 0; edit < EDITS; edit += 1) {
    const peer = random.pick(peers)
    if (random.chance(0.4)) {
      const other = random.pick(peers)
      Y.applyUpdate(peer, Y.encodeStateAsUpdate(other, Y.encodeStateVector(peer)), 'heard')
    }
    peer.transact(() => editOnce(random, peer))
  }
  for (const peer of peers) peer.destroy()
  return updates
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
function anotherWay(random: Random, updates: readonly Uint8Array[]): Y.Doc {
  let carried: readonly Uint8Array[] = updates
  for (let hop = random.int(3); hop > 0; hop -= 1) carried = handedOn(random, carried)
  const doc = new Y.Doc()
  for (const batch of batches(random, shuffled(random, carried))) Y.applyUpdate(doc, batch)
  return doc
}

/** A snapshot of a prefix and what came after it, merged here and there, some of it twice. */
function handedOn(random: Random, updates: readonly Uint8Array[]): Uint8Array[] {
  const through = random.int(updates.length + 1)
  const tail = batches(random, updates.slice(through))
  const repeated = tail.filter(() => random.chance(0.2))
  const prefix = updates.slice(0, through)
  return [...(prefix.length > 0 ? [snapshotOf(random, prefix)] : []), ...tail, ...repeated]
}

/** As compaction makes one, or as a peer that has them in a document would send it. */
function snapshotOf(random: Random, updates: readonly Uint8Array[]): Uint8Array {
  if (random.chance(0.5)) return mergedUpdates(updates)
  const doc = documentOf(updates)
  const snapshot = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return snapshot
}

function batches(random: Random, updates: readonly Uint8Array[]): Uint8Array[] {
  const made: Uint8Array[] = []
  for (let at = 0; at < updates.length;) {
    const size = 1 + random.int(6)
    made.push(mergedUpdates(updates.slice(at, at + size)))
    at += size
  }
  return made
}

function shuffled(random: Random, updates: readonly Uint8Array[]): Uint8Array[] {
  return updates
    .map((update) => ({ update, place: random.fraction() }))
    .sort((one, other) => one.place - other.place)
    .map(({ update }) => update)
}

/** Without garbage collection, as the log keeps it: what is deleted can be compared too. */
function documentOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc({ gc: false })
  for (const update of updates) Y.applyUpdate(doc, update)
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
