import { createEncoder, toUint8Array, writeUint8, writeVarString, writeVarUint } from 'lib0/encoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { Random } from '../test/random.ts'
import { decodeUpdate } from './decoded-update.ts'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'

const body = { roots: new Set(['body']) }

function edited(edit: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc()
  doc.transact(() => edit(doc))
  return Y.encodeStateAsUpdate(doc)
}

function refusal(update: Uint8Array, contents: { roots?: ReadonlySet<string> } = body): string | undefined {
  try {
    decodeUpdate(update, contents)
  } catch (error) {
    if (error instanceof SyncError) return `${error.code}: ${error.message}`
    throw error
  }
  return undefined
}

test('[VAL-8] only the roots that documents have are written into', () => {
  const into = (name: string): Uint8Array => edited((doc) => doc.getText(name).insert(0, 'x'))
  expect(refusal(into('body'))).toBeUndefined()
  expect(refusal(into('other'))).toMatch(/^malformed-update: .*"other"/)
  expect(refusal(into(''))).toMatch(/^malformed-update/)
  expect(refusal(into('__proto__'))).toMatch(/^malformed-update/)
  const both = edited((doc) => {
    doc.getText('body').insert(0, 'x')
    doc.getMap('other').set('key', 1)
  })
  expect(refusal(both)).toMatch(/^malformed-update: .*"other"/)
})

test('[VAL-8] without a list any plain name is a root', () => {
  const plain = (name: string): string | undefined =>
    refusal(
      edited((doc) => doc.getText(name).insert(0, 'x')),
      {},
    )
  for (const name of ['body', 'a', 'notes:2', 'x.y_z-1', 'x'.repeat(LIMITS.nameLength)])
    expect(plain(name)).toBeUndefined()
  for (const name of ['', 'a b', 'ä', 'a\n', 'x'.repeat(LIMITS.nameLength + 1)])
    expect(plain(name), JSON.stringify(name)).toMatch(/^malformed-update/)
})

/** One edit with a value of so many bytes in one place; what encodes the value itself takes a few more. */
const PLACES: Readonly<Record<string, (doc: Y.Doc, bytes: number) => void>> = {
  'an attribute': (doc, bytes) => {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.setAttribute('id', 'x'.repeat(bytes))
    doc.getXmlFragment('body').insert(0, [paragraph])
  },
  'an attribute of many values': (doc, bytes) => {
    const cell = new Y.XmlElement('tableCell')
    cell.setAttribute('colwidth', Array.from({ length: bytes / 2 }, () => 1) as unknown as string)
    doc.getXmlFragment('body').insert(0, [cell])
  },
  'a mark': (doc, bytes) => doc.getText('body').insert(0, 'link', { link: { href: 'x'.repeat(bytes) } }),
  'an embedded object': (doc, bytes) => doc.getText('body').insertEmbed(0, { image: 'x'.repeat(bytes) }),
  bytes: (doc, bytes) => doc.getMap('body').set('bytes', new Uint8Array(bytes)),
  'a key': (doc, bytes) => doc.getMap('body').set('x'.repeat(bytes), 1),
  'one of several values': (doc, bytes) => doc.getArray('body').insert(0, [1, 'x'.repeat(bytes), 2]),
}

test.each(Object.entries(PLACES))(
  '[VAL-9] %s of more than its limit is refused, one that is near it is not',
  (_, edit) => {
    const over = edited((doc) => edit(doc, LIMITS.valueBytes + 2))
    const near = edited((doc) => edit(doc, LIMITS.valueBytes - 64))
    expect(refusal(over)).toMatch(/^update-too-large: .*LIMITS\.valueBytes/)
    expect(refusal(near)).toBeUndefined()
  },
)

test('[VAL-9] what very old documents hold is measured, too', () => {
  const json = (value: string): Uint8Array => {
    const encoder = createEncoder()
    for (const each of [1, 1, 7, 0]) writeVarUint(encoder, each)
    writeUint8(encoder, 2) // ContentJSON
    writeVarUint(encoder, 1)
    writeVarString(encoder, 'body')
    writeVarUint(encoder, 1)
    writeVarString(encoder, JSON.stringify(value))
    writeVarUint(encoder, 0)
    return toUint8Array(encoder)
  }
  expect(refusal(json('x'.repeat(100)))).toBeUndefined()
  expect(refusal(json('x'.repeat(LIMITS.valueBytes)))).toMatch(/LIMITS\.valueBytes/)
})

test('[VAL-9] names of nodes and marks are short; text is as long as it likes', () => {
  const element = (name: string): Uint8Array =>
    edited((doc) => doc.getXmlFragment('body').insert(0, [new Y.XmlElement(name)]))
  const mark = (name: string): Uint8Array => edited((doc) => doc.getText('body').insert(0, 'x', { [name]: true }))
  for (const named of [element, mark]) {
    expect(refusal(named('x'.repeat(LIMITS.nameLength)))).toBeUndefined()
    expect(refusal(named('x'.repeat(LIMITS.nameLength + 1)))).toMatch(/^update-too-large: .*LIMITS\.nameLength/)
  }
  expect(refusal(edited((doc) => doc.getText('body').insert(0, 'x'.repeat(900_000))))).toBeUndefined()
})

test('[VAL-10] a subdocument is refused', () => {
  expect(refusal(edited((doc) => doc.getMap('body').set('sub', new Y.Doc())))).toMatch(
    /^malformed-update: .*subdocument/,
  )
})

/** Elements within each other, each among so many siblings that most name a neighbour instead of their parent. */
function nested(depth: number, random: Random): Uint8Array {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  let parent: Y.XmlFragment = doc.getXmlFragment('body')
  for (let level = 1; level <= depth; level += 1) {
    doc.clientID = 1 + random.int(5)
    const inner = new Y.XmlElement('quote')
    const siblings = Array.from({ length: random.int(3) }, () => new Y.XmlElement('paragraph'))
    parent.insert(0, siblings)
    parent.insert(random.int(siblings.length + 1), [inner])
    if (level === depth) inner.setAttribute('id', 'deepest')
    parent = inner
  }
  return Y.mergeUpdates(updates)
}

test('[VAL-11] types are nested up to the limit and no deeper, however they were put there', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = new Random(seed)
  for (let turn = 0; turn < 30; turn += 1) {
    const [fits, over] = [nested(LIMITS.updateDepth, random), nested(LIMITS.updateDepth + 1, random)]
    expect(refusal(fits), `seed ${seed}`).toBeUndefined()
    expect(refusal(over), `seed ${seed}`).toMatch(/^update-too-large: .*LIMITS\.updateDepth/)
  }
})

test('[VAL-11] many types beside each other are not deep, and depth begins where the update does', () => {
  const wide = edited((doc) =>
    doc.getXmlFragment('body').insert(
      0,
      Array.from({ length: 1_000 }, () => new Y.XmlElement('paragraph')),
    ),
  )
  expect(refusal(wide)).toBeUndefined()
  const doc = new Y.Doc()
  let parent: Y.XmlFragment = doc.getXmlFragment('body')
  for (let step = 0; step < 5; step += 1) {
    const before = Y.encodeStateVector(doc)
    doc.transact(() => {
      for (let level = 0; level < LIMITS.updateDepth - 1; level += 1) {
        const inner = new Y.XmlElement('quote')
        parent.insert(0, [inner])
        parent = inner
      }
    })
    expect(refusal(Y.encodeStateAsUpdate(doc, before))).toBeUndefined()
  }
  expect(refusal(Y.encodeStateAsUpdate(doc))).toMatch(/LIMITS\.updateDepth/)
})

test('[VAL-12] a row of the log is read, whatever it holds', () => {
  const row = edited((doc) => {
    doc.getMap('other').set('x'.repeat(100), 'x'.repeat(LIMITS.valueBytes + 1))
    doc.getMap('other').set('sub', new Y.Doc())
  })
  expect(decodeUpdate(row).runs.size).toBe(1)
  expect(refusal(row)).toBeDefined()
})
