import { createHash } from 'node:crypto'
import { FRAGMENT, SCHEMA_VERSION } from '@tandem/schema/version'
import { LIMITS } from '@tandem/sync'
import { Random } from '@tandem/sync/random'
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'
import { must, withinMs, type Attack } from './attack.ts'
import { range } from './connection-attacks.ts'
import { cpuMsOf } from './cpu.ts'
import { FIRST_LETTER, textIn, type Scene } from './scene.ts'
import { deletesOf, paragraphOf, structsOf, updateOf, writeGc, writeSkip, writeText } from './yjs-bombs.ts'

const MINE = 4_711
export const bytesOf = (...values: number[]): Uint8Array => {
  const encoder = createEncoder()
  for (const value of values) writeVarUint(encoder, value)
  return toUint8Array(encoder)
}

/** Pushes each; all have to be refused, with nothing of them in the log or at the victim's. */
export async function allRefused(scene: Scene, updates: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const { caller, at } = await scene.attacker()
  for (const [what, update] of Object.entries(updates)) {
    const outcome = await caller.push(at, update)
    must(typeof outcome === 'string', `${what}: taken as row ${outcome}`)
    must(
      /^(malformed-update|update-too-large|foreign-client-id|missing-updates|bad-input)$/.test(outcome),
      `${what}: refused with ${outcome}`,
    )
  }
  scene.nothingHappened()
}

const BAR_MUTATIONS = 100_000
/** Each writes as fast as one person may, into a document of their own. */
const MUTATORS = 40

/** Bytes that were an update once. */
export const A21: Attack = {
  id: 'A21',
  attack: 'an update cut at each byte, with bits flipped, with bytes changed; into the victim’s document and 40 others',
  passes: 'refused, or equal on 3 replicas; nothing of it in the log when refused',
  missing: ({ sent = 0 }) =>
    sent >= BAR_MUTATIONS ? undefined : `${sent} over the wire, not ${BAR_MUTATIONS} (--frames ${BAR_MUTATIONS})`,
  async run(scene, full, frames) {
    const random = new Random(21)
    const count = frames ?? (full ? BAR_MUTATIONS : 300)
    const attackers = await Promise.all(
      range(Math.min(MUTATORS, Math.ceil(count / 200))).map(async (index) => {
        if (index === 0) return scene.attacker() // into the victim's document
        const caller = await scene.caller(await scene.target.guest())
        const { data } = await caller.ask('mutation', 'documents.create', { title: 'Mutated' })
        const { documentId } = data as { documentId: string }
        const joined = await caller.join(documentId)
        must(typeof joined !== 'string', `it could not be joined: ${JSON.stringify(joined)}`)
        return { caller, at: { ...joined, documentId } }
      }),
    )
    let [sent, rows] = [0, 0]
    await Promise.all(
      attackers.map(async ({ caller, at }, index) => {
        const whole = updateOf(MINE + index, (doc) => {
          const paragraph = paragraphOf('hello world', { bold: true })
          doc.getXmlFragment(FRAGMENT).insert(0, [paragraph, new Y.XmlElement('horizontalRule')])
          doc.getXmlFragment(FRAGMENT).delete(1, 1)
        })
        const cuts = index === 0 ? range(whole.byteLength).map((length) => whole.slice(0, length)) : []
        while (cuts.length > 0 || sent < count) {
          sent += 1
          const before = headOf(scene, at.documentId)
          const outcome = await caller.push(at, cuts.pop() ?? mutated(whole, random))
          const own = ownRowsAfter(scene, before, { ...at, replicaId: caller.replicaId })
          if (typeof outcome === 'string') must(own === 0, `refused with ${outcome}, and in the log`)
          else rows += own
        }
        equalOnThreeReplicas(scene, at.documentId)
      }),
    )
    return { sent, rows, documents: attackers.length }
  },
}

function mutated(whole: Uint8Array, random: Random): Uint8Array {
  const bytes = whole.slice()
  for (let change = random.int(4); change >= 0; change -= 1) {
    const at = random.int(bytes.length)
    bytes[at] = random.int(2) === 0 ? random.int(256) : (bytes[at] ?? 0) ^ (1 << random.int(8))
  }
  return bytes
}

export function headOf({ target }: Scene, documentId: string): number {
  return Number(target.sql('select head from document where id = ?', documentId)[0]?.['head'])
}

/**
 * How many rows one replica has added since. Not what the log grew by: the victim's own Yjs tidies marks up that it
 * receives (a transaction of its own), and that is a row of the victim's.
 */
function ownRowsAfter(
  { target }: Scene,
  seq: number,
  { documentId, epoch, replicaId }: { documentId: string; epoch: string; replicaId: string },
): number {
  const [counted] = target.sql(
    'select count(*) as rows from log_row where document_id = ? and epoch = ? and seq > ? and replica_id = ?',
    documentId,
    epoch,
    seq,
    replicaId,
  )
  return Number(counted?.['rows'])
}

/** The log in order, once as it is and once merged, and a third time from another replica's state. */
export function equalOnThreeReplicas({ target }: Scene, documentId: string): void {
  const stored = target.sql('select "update" from log_row where document_id = ? order by seq', documentId)
  const updates = stored.map((row) => row['update'] as Uint8Array)
  if (updates.length === 0) return
  const [first, second, third] = range(3).map(() => new Y.Doc())
  must(first !== undefined && second !== undefined && third !== undefined, 'three replicas')
  // What Yjs tidies up in marks that it receives is an edit of that replica's own, and reaches the others as such.
  const tidied: Uint8Array[] = []
  for (const doc of [first, second, third])
    doc.on('update', (update: Uint8Array, _origin, _doc, { local }: Y.Transaction) => local && tidied.push(update))
  for (const update of updates) Y.applyUpdate(first, update)
  Y.applyUpdate(second, Y.mergeUpdates(updates))
  Y.applyUpdate(third, Y.encodeStateAsUpdate(first))
  for (let edit = tidied.shift(); edit !== undefined; edit = tidied.shift())
    for (const doc of [first, second, third]) Y.applyUpdate(doc, edit)
  const states = [first, second, third].map((doc) => {
    must(doc.store.pendingStructs === null && doc.store.pendingDs === null, 'the log refers to what it does not hold')
    return createHash('sha256').update(textIn(doc)).update(Y.encodeStateVector(doc)).digest('hex')
  })
  must(new Set(states).size === 1, 'three replicas of the log differ')
}

/** Few bytes that claim much. */
export const A22: Attack = {
  id: 'A22',
  attack: 'counts of 2^32 and 2^50 in an update of a few bytes: clients, structs, deletes, lengths; each 100 times',
  passes: 'refused < 2 ms of CPU, the call included; memory < 1 MB each',
  async run(scene, full) {
    const huge = [2 ** 32, 2 ** 50]
    const bombs = huge.flatMap((count) => [
      bytesOf(count, 1, MINE, 0),
      bytesOf(1, count, MINE, 0),
      bytesOf(1, count, MINE, 0, 0, 0, 0),
      bytesOf(0, count, MINE),
      bytesOf(0, 1, MINE, count, 0),
    ])
    const { caller, at } = await scene.attacker()
    const refuseAll = async (times: number): Promise<void> => {
      for (let turn = 0; turn < times; turn += 1)
        for (const bomb of bombs) {
          const outcome = await caller.push(at, bomb)
          must(outcome === 'malformed-update', `taken as row ${outcome}`)
          // Slower than the rate of a socket: a refusal for the rate would be counted in.
          await new Promise((resolve) => setTimeout(resolve, 1_500 / LIMITS.pushesPerSecond))
        }
    }
    await refuseAll(2) // joined, and warm
    const times = full ? 100 : 3
    const sent = times * bombs.length
    const memory = scene.target.memoryBytes
    const cpuMs = await cpuMsOf(scene.target, () => refuseAll(times))
    const grown = Math.max(0, scene.target.memoryBytes - memory)
    scene.nothingHappened()
    return { sent, cpuMsEach: cpuMs / sent, memoryMbEach: grown / sent / 2 ** 20 }
  },
  met: ({ cpuMsEach = Infinity, memoryMbEach = Infinity }) => cpuMsEach < 2 && memoryMbEach < 1,
}

/** Writing under the victim's id would make the victim's next edit vanish. */
export const A23: Attack = {
  id: 'A23',
  attack: "the victim's client id at its next clock; GC of 2^50; clock beyond 2^31; Skip structs; deletes of 2^50",
  passes: "refused; the victim's next edit accepted",
  async run(scene) {
    const clientId = scene.doc.clientID
    const clock = Y.getState(scene.doc.store, clientId)
    await allRefused(scene, {
      'foreign client id': structsOf({ clientId, clock }, (to) => writeText(to, { origin: [clientId, clock - 1] })),
      'foreign GC': structsOf({ clientId, clock }, (to) => writeGc(to, 1)),
      'long GC': structsOf({ clientId: MINE }, (to) => writeGc(to, 2 ** 50)),
      'clock beyond 2^31': structsOf({ clientId: MINE, clock: 2 ** 31 }, (to) => writeGc(to, 1)),
      'GC over the end of clocks': structsOf({ clientId: MINE, count: 2 }, (to) =>
        range(2).forEach(() => writeGc(to, 2 ** 31 - 1)),
      ),
      Skip: structsOf({ clientId: MINE }, (to) => writeSkip(to, 5)),
      'Skip in between': structsOf({ clientId: MINE, count: 3 }, (to) => {
        writeGc(to, 1)
        writeSkip(to, 5)
        writeGc(to, 1)
      }),
      'long delete': deletesOf(clientId, 0, 2 ** 50),
    })
    return { refused: 8 }
  },
}

/** More than one socket may send in a burst. */
const FLOOD_EACH = 2_000

/** What refers to nothing would wait in every replica for ever. */
export const A24: Attack = {
  id: 'A24',
  attack: 'a hole in the clocks, an unknown origin, parent and delete target; then again and again',
  passes: 'told to join again, nothing pending anywhere; 10,000 < 2 s of CPU, then closed',
  async run(scene, full) {
    const dangling: Record<string, Uint8Array> = {
      'hole in the clocks': structsOf({ clientId: MINE, clock: 7 }, (to) => writeGc(to, 1)),
      'unknown origin': structsOf({ clientId: MINE }, (to) => writeText(to, { origin: [99, 7] })),
      'unknown parent': structsOf({ clientId: MINE }, (to) => writeText(to, { parent: [99, 7] })),
      'unknown delete': deletesOf(99, 0, 3),
    }
    await allRefused(scene, dangling)
    const update = dangling['unknown origin']
    const count = full ? 10_000 : 1_500
    let [sent, closed] = [0, 0]
    const flood = async (): Promise<void> => {
      while (sent < count) {
        const { caller, at } = await scene.attacker()
        const until = sent + FLOOD_EACH
        for (; sent < until && caller.isOpen; sent += 1) {
          const { documentId, epoch } = at
          const input = {
            documentId,
            epoch,
            replicaId: caller.replicaId,
            pushId: sent + 1,
            update,
            schemaVersion: SCHEMA_VERSION,
          }
          caller.send({ id: sent + 100, method: 'mutation', params: { path: 'document.push', input } })
          if (sent % 200 === 199) await new Promise((resolve) => setTimeout(resolve, 10))
        }
        must((await withinMs(10_000, 'the flood is closed', caller.closed)) === 4429, 'the flood was not closed')
        closed += 1
      }
    }
    const cpuMs = await cpuMsOf(scene.target, flood)
    scene.nothingHappened()
    return { sent, closed, cpuMs }
  },
  met: ({ cpuMs = Infinity }) => cpuMs < 2_000,
}

/** Structure that is well-formed and yet leads nowhere: inside a text, inside what was deleted, in a circle. */
export const A25: Attack = {
  id: 'A25',
  attack: 'items inside items that hold no type, inside garbage, next to garbage; structs that wait for each other',
  passes:
    'nothing that is in the log throws, in any replica; all are equal; refused: hash unchanged (nobody is closed: there is nothing to rebuild)',
  async run(scene) {
    const { caller, at } = await scene.attacker()
    const clientId = scene.doc.clientID
    const harmless = [
      structsOf({ clientId: MINE }, (to) => writeText(to, { parent: [clientId, FIRST_LETTER] })),
      structsOf({ clientId: MINE + 1, count: 2 }, (to) => {
        writeGc(to, 3)
        writeText(to, { parent: [MINE + 1, 1] })
      }),
      structsOf({ clientId: MINE + 2, count: 2 }, (to) => {
        writeGc(to, 3)
        writeText(to, { origin: [MINE + 2, 1] })
      }),
    ]
    let taken = 0
    for (const update of harmless) {
      const before = headOf(scene, at.documentId)
      const outcome = await caller.push(at, update)
      if (typeof outcome === 'number') taken += 1
      else must(headOf(scene, at.documentId) === before, `refused with ${outcome}, and in the log`)
    }
    equalOnThreeReplicas(scene, at.documentId)
    await scene.edit()
    scene.remember()
    await allRefused(scene, {
      'itself as origin': structsOf({ clientId: MINE + 3 }, (to) => writeText(to, { origin: [MINE + 3, 0] })),
      'itself as parent': structsOf({ clientId: MINE + 3 }, (to) => writeText(to, { parent: [MINE + 3, 0] })),
      'its own next as origin': structsOf({ clientId: MINE + 3, count: 2 }, (to) => {
        writeText(to, { origin: [MINE + 3, 1] })
        writeText(to, { origin: [MINE + 3, 0] })
      }),
    })
    return { sent: harmless.length + 3, taken }
  },
}
