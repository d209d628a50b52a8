import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { Random } from '../test/random.ts'
import { emptyCheck, nextCheck } from './check.ts'
import { decodeUpdate } from './decoded-update.ts'
import { SyncError } from './errors.ts'
import { KnownLog } from './known-log.ts'
import type { Epoch, ReplicaId, UserId } from './protocol.ts'

const user = 'user-ann-1' as UserId
const epoch = 'epoch-number-1' as Epoch
const MUTATIONS = Number(process.env.MUTATIONS ?? 5_000)

interface Step {
  readonly before: Uint8Array
  /** Judging changes nothing in it, so it serves for all mutations of the step. */
  readonly known: KnownLog
  readonly update: Uint8Array
}

/** Real edits of one document, each with the document before it: text, formats, nested elements, attributes, maps, deletes. */
function realEdits(random: Random): Step[] {
  const doc = new Y.Doc()
  doc.clientID = 1_000
  const edits: Step[] = []
  for (let count = 0; count < 60; count += 1) {
    const before = Y.encodeStateAsUpdate(doc)
    const vector = Y.encodeStateVector(doc)
    doc.transact(() => edit(doc, random, count))
    edits.push({ before, known: knownAfter(before), update: Y.encodeStateAsUpdate(doc, vector) })
  }
  return edits
}

function edit(doc: Y.Doc, random: Random, count: number): void {
  const [body, text] = [doc.getXmlFragment('body'), doc.getText('text')]
  const dice = random.int(6)
  if (dice === 0) {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(`paragraph ${count}`)])
    paragraph.setAttribute('id', `id${count}`)
    body.insert(random.int(body.length + 1), [paragraph])
  } else if (dice === 1 && body.length > 1) body.delete(random.int(body.length), 1)
  else if (dice === 2 && text.length > 2) text.delete(random.int(text.length - 2), 2)
  else if (dice === 3) text.insert(random.int(text.length + 1), 'bold', { bold: true })
  else if (dice === 4) doc.getMap('map').set(`key${random.int(3)}`, { a: [1, 'x', null] })
  else text.insert(random.int(text.length + 1), `word ${count}`)
}

/** One to three bytes changed, flipped, inserted or taken away. */
function mutated(update: Uint8Array, random: Random): Uint8Array {
  let bytes = [...update]
  for (let times = 1 + random.int(3); times > 0 && bytes.length > 0; times -= 1) {
    const at = random.int(bytes.length)
    const [dice, byte] = [random.int(5), bytes[at] ?? 0]
    if (dice === 0) bytes[at] = random.int(256)
    else if (dice === 1) bytes[at] = byte ^ (1 << random.int(8))
    else if (dice === 2) bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff])
    else bytes = dice === 3 ? bytes.toSpliced(at, 0, random.int(256)) : bytes.toSpliced(at, 1)
  }
  return Uint8Array.from(bytes)
}

function knownAfter(before: Uint8Array): KnownLog {
  const head = { epoch, head: 0, check: emptyCheck(epoch), accessVersion: 1, schemaVersion: 1 }
  const row = {
    seq: 1,
    check: nextCheck(head.check, before),
    update: before,
    userId: user,
    replicaId: 'replica-1' as ReplicaId,
    pushId: 1,
    at: 0,
  }
  return new KnownLog({
    ...head,
    snapshotSeq: 0,
    snapshotVector: new Map(),
    snapshotBytes: 0,
    snapshotStructs: 0,
    tail: [row],
    owners: new Map(),
  })
}

/** The bytes that would become a row; undefined when they are refused, as a SyncError and nothing else. */
function accepted({ known }: Step, update: Uint8Array): Uint8Array | undefined {
  try {
    const fits = known.judge()(user, [{ update, decoded: decodeUpdate(update, {}) }])
    return typeof fits === 'string' ? undefined : fits[0]?.update
  } catch (error) {
    expect(error).toBeInstanceOf(SyncError)
    return undefined
  }
}

function contentOf(doc: Y.Doc): string {
  const content = [doc.getXmlFragment('body').toString(), doc.getText('text').toDelta(), doc.getMap('map').toJSON()]
  return JSON.stringify(content, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}

test(
  `[VAL-7] of ${MUTATIONS} mutated updates, those that pass are applied by three documents equally, without throwing`,
  { timeout: 600_000 },
  () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = new Random(seed)
    const edits = realEdits(random)
    let passed = 0
    for (let count = 0; count < MUTATIONS; count += 1) {
      const step = random.pick(edits)
      const update = mutated(step.update, random)
      const row = accepted(step, update)
      if (row === undefined) continue
      passed += 1
      const story = `seed ${seed}, mutation ${count}, ${Buffer.from(update).toString('hex')}`
      const docs = [[step.before, row], [step.before, row], [Y.mergeUpdates([step.before, row])]].map((updates) => {
        const doc = new Y.Doc()
        expect(() => updates.forEach((each) => Y.applyUpdate(doc, each)), story).not.toThrow()
        return doc
      })
      expect(
        docs.every(({ store }) => store.pendingStructs === null && store.pendingDs === null),
        story,
      ).toBe(true)
      expect(new Set(docs.map(contentOf)).size, story).toBe(1)
    }
    expect(passed, 'a test of nothing').toBeGreaterThan(MUTATIONS / 100)
  },
)
