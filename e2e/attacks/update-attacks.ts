import { createHash } from 'node:crypto'
import { Random } from '@tandem/sync/random'
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'
import { must, type Attack } from './attack.ts'
import { range } from './connection-attacks.ts'
import type { Scene } from './scene.ts'
import { deletesOf, structsOf, updateOf, writeGc, writeSkip, writeText } from './yjs-bombs.ts'

const MINE = 4_711
const bytesOf = (...values: number[]): Uint8Array => {
  const encoder = createEncoder()
  for (const value of values) writeVarUint(encoder, value)
  return toUint8Array(encoder)
}

/** Pushes each; all have to be refused. Returns how often which code said so. */
async function allRefused(scene: Scene, updates: Readonly<Record<string, Uint8Array>>): Promise<void> {
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

/** Bytes that were an update once. */
export const A21: Attack = {
  id: 'A21',
  attack: 'an update cut at each byte, with bits flipped, with bytes changed',
  passes: 'refused, or equal on 3 replicas; nothing of it in the log when refused (2,000 over the wire)',
  missing: '2,000 over the wire, not 100,000',
  async run(scene, full) {
    const random = new Random(21)
    const { caller, at } = await scene.attacker()
    const whole = updateOf(MINE, (doc) => {
      doc.getText('mine').insert(0, 'hello world', { bold: true })
      doc.getText('mine').delete(2, 3)
      doc.getXmlFragment('tree').insert(0, [new Y.XmlElement('paragraph')])
    })
    const cuts = range(whole.byteLength).map((length) => whole.slice(0, length))
    const mutants = range(full ? 2_000 : 150).map(() => {
      const bytes = whole.slice()
      for (let change = random.int(4); change >= 0; change -= 1) bytes[random.int(bytes.length)] = random.int(256)
      return bytes
    })
    let taken = 0
    let headBefore = scene.head
    for (const update of [...cuts, ...mutants]) {
      const outcome = await caller.push(at, update)
      const head = scene.head
      if (typeof outcome === 'string') must(head === headBefore, `refused with ${outcome}, and in the log`)
      else taken += head - headBefore
      headBefore = head
    }
    const rows = scene.target.sql('select "update" from log_row where document_id = ? order by seq', scene.documentId)
    const texts = range(3).map(() => {
      const doc = new Y.Doc()
      for (const row of rows) Y.applyUpdate(doc, row['update'] as Uint8Array)
      must(doc.store.pendingStructs === null && doc.store.pendingDs === null, 'the log refers to what it does not hold')
      return createHash('sha256').update(Y.encodeStateAsUpdate(doc)).digest('hex')
    })
    must(new Set(texts).size === 1, 'three replicas of the log differ')
    return { sent: cuts.length + mutants.length, rows: taken }
  },
}

/** Few bytes that claim much. */
export const A22: Attack = {
  id: 'A22',
  attack: 'counts of 2^32 and 2^50 in an update of a few bytes: clients, structs, deletes, lengths',
  passes: 'refused < 2 ms, memory < 1 MB each',
  missing: 'the CPU clock ticks in 10 ms and the sum holds the attacker’s own join: reported, not judged',
  async run(scene) {
    const huge = [2 ** 32, 2 ** 50]
    const bombs = huge.flatMap((count): [string, Uint8Array][] => [
      [`${count} clients`, bytesOf(count, 1, MINE, 0)],
      [`${count} structs`, bytesOf(1, count, MINE, 0)],
      [`${count} structs of nothing`, bytesOf(1, count, MINE, 0, 0, 0, 0)],
      [`deletes of ${count} clients`, bytesOf(0, count, MINE)],
      [`${count} deletes`, bytesOf(0, 1, MINE, count, 0)],
    ])
    const [cpu, memory] = [scene.target.cpuMs, scene.target.memoryBytes]
    await allRefused(scene, Object.fromEntries(bombs))
    return {
      cpuMsEach: (scene.target.cpuMs - cpu) / bombs.length,
      memoryMbEach: (scene.target.memoryBytes - memory) / bombs.length / 2 ** 20,
    }
  },
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
    const { caller, at } = await scene.attacker()
    const update = dangling['unknown origin']
    const cpu = scene.target.cpuMs
    let sent = 0
    for (; sent < (full ? 10_000 : 1_500) && caller.isOpen; sent += 1) {
      const { documentId, epoch } = at
      const input = { documentId, epoch, replicaId: caller.replicaId, pushId: sent + 1, update, schemaVersion: 1 }
      caller.send({ id: sent + 100, method: 'mutation', params: { path: 'document.push', input } })
      if (sent % 200 === 199) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    must((await caller.closed) === 4429, 'the flood was not closed')
    scene.nothingHappened()
    return { sent, cpuMs: scene.target.cpuMs - cpu }
  },
  met: ({ cpuMs = Infinity }) => cpuMs < 2_000,
}

/** Structure that is well-formed and yet leads nowhere: inside a text, inside what was deleted. */
export const A25: Attack = {
  id: 'A25',
  attack: 'items inside items that hold no type, inside garbage, next to garbage',
  passes: 'taken harmlessly or refused; every replica goes on and is equal',
  missing: 'what is well-formed is taken, harmlessly; nobody’s socket is closed for it',
  async run(scene) {
    const { caller, at } = await scene.attacker()
    const clientId = scene.doc.clientID
    const tries = [
      structsOf({ clientId: MINE }, (to) => writeText(to, { parent: [clientId, 0] })),
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
    for (const update of tries) if (typeof (await caller.push(at, update)) === 'number') taken += 1
    return { sent: tries.length, taken }
  },
}

/** More of everything than a document needs. */
export const A26: Attack = {
  id: 'A26',
  attack: '20,001 structs; an attribute of 1.1 MB and of 10 MB; (types nested 1,500 deep; 5,000 root types)',
  passes: 'depth <= 64, structs <= 20,000, root types <= 32, update <= 1 MiB',
  missing:
    'depth, root types, node names and attributes up to 1 MiB are not judged: a node knows the log’s clocks, not its tree',
  async run(scene) {
    const many = updateOf(MINE, (doc) => range(20_001).forEach((index) => doc.getMap('m').set(`${index}`, index)))
    const large = updateOf(MINE, (doc) => doc.getMap('m').set('attribute', 'x'.repeat(1_100_000)))
    await allRefused(scene, { many, large })
    const { caller } = await scene.attacker()
    const huge = { documentId: scene.documentId, update: new Uint8Array(10 * 2 ** 20) }
    caller.send({ id: 99, method: 'mutation', params: { path: 'document.push', input: huge } })
    must((await caller.closed) === 1009, '10 MB were read')
    return { refused: 3 }
  },
}

/** Something hidden behind a good update. */
export const A27: Attack = {
  id: 'A27',
  attack: 'a valid update with bytes behind it',
  passes: 'refused: what is stored is what was checked',
  async run(scene) {
    const valid = updateOf(MINE, (doc) => doc.getText('mine').insert(0, 'x'))
    const tails = [1, 1_000, 900_000].map((length) => Buffer.concat([valid, Buffer.alloc(length, 7)]))
    await allRefused(
      scene,
      Object.fromEntries(tails.map((update) => [`a tail up to ${update.length}`, new Uint8Array(update)])),
    )
    return { refused: tails.length }
  },
}

/** Those who may read push all the same. */
export const A30: Attack = {
  id: 'A30',
  attack: 'viewer, commenter, stranger and signed-out push updates: with text, delete-only, empty',
  passes: 'refused for every role below editor',
  async run(scene) {
    const { target, documentId } = scene
    const clientId = scene.doc.clientID
    const updates = {
      text: updateOf(MINE, (doc) => doc.getText('mine').insert(0, 'x')),
      deletes: deletesOf(clientId, 0, 1),
      empty: bytesOf(0, 0),
    }
    for (const role of ['viewer', 'commenter', null]) {
      const { caller, at } = await scene.attacker()
      target.sql(
        'update document set link_role = ?, access_version = access_version + 1 where id = ?',
        role,
        documentId,
      )
      for (const [what, update] of Object.entries(updates)) {
        const outcome = await caller.push(at, update)
        must(outcome === 'not-allowed', `${role ?? 'a stranger'} pushes ${what}: ${outcome}`)
      }
      for (const [path, input] of [
        ['documents.rename', { documentId, title: 'x' }],
        ['documents.delete', { documentId }],
      ] as const) {
        const { refused } = await caller.ask('mutation', path, input)
        must(refused === 'not-allowed', `${role ?? 'a stranger'} calls ${path}: ${refused}`)
      }
      target.sql(
        "update document set link_role = 'editor', access_version = access_version + 1 where id = ?",
        documentId,
      )
    }
    const nobody = await scene.caller()
    nobody.send({ method: 'connectionParams', data: { token: 'tandem_nobody' } })
    must((await nobody.closed) === 4401, 'a token that nobody has was let in')
    scene.nothingHappened()
    return { roles: 3 }
  },
}
