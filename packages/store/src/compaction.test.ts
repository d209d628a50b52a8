import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { contentHash, differenceOf, mergeLog } from './compaction.ts'

/** Seeded, so that a failure can be repeated. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Three people edit a rich document and now and then meet; every update they made, in the order of a log. */
function editedByThree(seed: number, edits: number): { updates: Uint8Array[]; doc: Y.Doc } {
  const random = mulberry(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const updates: Uint8Array[] = []
  const log = new Y.Doc()
  log.on('update', (update: Uint8Array) => updates.push(update))
  const docs = [1, 2, 3].map((client) => Object.assign(new Y.Doc(), { clientID: client }))
  const meet = (doc: Y.Doc): void => {
    Y.applyUpdate(log, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(log)))
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(log, Y.encodeStateVector(doc)))
  }
  for (let i = 0; i < edits; i += 1) {
    const doc = docs[below(3)] as Y.Doc
    const root = doc.getXmlFragment('default')
    const kind = below(10)
    if (root.length === 0 || kind === 0) {
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.insert(0, [new Y.XmlText('start ')])
      root.insert(below(root.length + 1), [paragraph])
    } else if (kind === 1 && root.length > 1) {
      root.delete(below(root.length), 1)
    } else {
      const paragraph = root.get(below(root.length)) as Y.XmlElement
      const text = paragraph.get(0) as Y.XmlText
      if (kind < 6) text.insert(below(text.length + 1), `w${i} `)
      else if (kind < 8 && text.length > 2) text.delete(below(text.length - 1), 1)
      else if (text.length > 2) text.format(below(text.length - 1), 1, { strong: i % 2 === 0 ? {} : null })
      if (kind === 9) paragraph.setAttribute('level', String(i))
    }
    if (below(3) === 0) meet(doc)
  }
  for (const doc of [...docs, ...docs]) meet(doc)
  return { updates, doc: log }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('merging a log loses nothing (seed %i)', (seed) => {
  const { updates, doc } = editedByThree(seed, 400)
  const cut = Math.floor(updates.length / 2)
  const first = mergeLog(updates.slice(0, cut))
  const second = mergeLog([first.bytes, ...updates.slice(cut)])
  const rebuilt = new Y.Doc()
  Y.applyUpdate(rebuilt, second.bytes)
  expect(contentHash(rebuilt)).toBe(contentHash(doc))
  expect(Y.decodeStateVector(second.vector)).toEqual(Y.decodeStateVector(Y.encodeStateVector(doc)))
})

test('a log with a hole in it is not merged', () => {
  const { updates } = editedByThree(9, 50)
  expect(() => mergeLog(updates.slice(1))).toThrow(/refers to a missing one/)
})

test('an empty log merges into an empty document', () => {
  expect(Y.decodeStateVector(mergeLog([]).vector)).toEqual(new Map())
})

test('documents that differ in one letter, one mark, one deletion or one attribute are not the same', () => {
  const base = editedByThree(10, 60).doc
  const changed = (change: (root: Y.XmlFragment) => void): Y.Doc => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(base))
    change(doc.getXmlFragment('default'))
    return doc
  }
  const textOf = (root: Y.XmlFragment): Y.XmlText => (root.get(0) as Y.XmlElement).get(0) as Y.XmlText
  expect(
    differenceOf(
      base,
      changed(() => undefined),
    ),
  ).toBeUndefined()
  expect(
    differenceOf(
      base,
      changed((root) => textOf(root).insert(0, 'x')),
    ),
  ).toBe('the runs it holds or deletes')
  expect(
    differenceOf(
      base,
      changed((root) => root.delete(0, 1)),
    ),
  ).toBe('the runs it holds or deletes')
  for (const change of [
    (root: Y.XmlFragment) => textOf(root).insert(0, 'x'),
    (root: Y.XmlFragment) => textOf(root).format(0, 1, { em: {} }),
    (root: Y.XmlFragment) => (root.get(0) as Y.XmlElement).setAttribute('level', '99'),
  ]) {
    expect(contentHash(changed(change))).not.toBe(contentHash(base))
  }
})
