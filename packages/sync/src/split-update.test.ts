import * as Y from 'yjs'
import { describe, expect, test } from 'vitest'
import { Random } from '../test/random.ts'
import { decodeUpdate } from './decoded-update.ts'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { splitUpdate } from './split-update.ts'

describe('splitting a big edit', () => {
  test('[PART-1] an update that is small enough stays as it is', () => {
    const update = typed('hello')
    expect(splitUpdate(update)).toEqual([update])
  })

  test('[PART-1] a text of 3 MB becomes parts within the limit, each of them well-formed, which bring all of it', () => {
    const update = typed('word '.repeat(600_000))
    const parts = splitUpdate(update)
    expect(parts.length).toBeGreaterThan(2)
    for (const part of parts) expect(() => decodeUpdate(part)).not.toThrow()
    expect(applied(parts).getText('body').length).toBe(3_000_000)
  })

  test('[PART-1] a text is never cut within a surrogate pair', () => {
    const text = '😀'.repeat(1_000)
    for (const partBytes of [601, 602, 603, 604, 605, 606]) {
      expect(
        applied(splitUpdate(typed(text), partBytes))
          .getText('body')
          .toString(),
      ).toBe(text)
    }
  })

  test('[PART-1] many small structs are parted by their number', () => {
    const doc = new Y.Doc()
    const list = doc.getArray<Y.Map<unknown>>('body')
    doc.transact(() => list.push(Array.from({ length: 300 }, () => new Y.Map())))
    const parts = splitUpdate(Y.encodeStateAsUpdate(doc), LIMITS.updateBytes, 100)
    expect(parts).toHaveLength(3)
    expect(applied(parts).getArray('body')).toHaveLength(300)
  })

  test('[PART-2] one value that is larger than a part is refused, and so is an edit of too many parts', () => {
    const doc = new Y.Doc()
    doc.getMap('body').set('image', 'x'.repeat(5_000))
    expect(() => splitUpdate(Y.encodeStateAsUpdate(doc), 1_000)).toThrow(SyncError)
    expect(() => splitUpdate(typed('x'.repeat(LIMITS.editParts * 1_000)), 500)).toThrow(/LIMITS.editParts/)
  })

  test.each(Array.from({ length: 60 }, () => Math.floor(Math.random() * 2 ** 32)))(
    '[PART-1] what several people wrote on top of each other, split anywhere, is the same document (seed %i)',
    (seed) => {
      const random = new Random(seed)
      const doc = writtenBySeveral(random)
      const update = Y.encodeStateAsUpdate(doc)
      const partBytes = Math.max(200, Math.ceil(update.byteLength / (2 + random.int(10))))
      const parts = splitUpdate(update, partBytes)
      expect(parts.length).toBeGreaterThan(1)
      const copy = new Y.Doc()
      for (const part of parts) {
        expect(part.byteLength).toBeLessThanOrEqual(partBytes)
        decodeUpdate(part)
        // As Yjs writes them: `Y.mergeUpdates` loses structs of an update in which greater client ids do not come first.
        const clients = Y.decodeUpdate(part).structs.map(({ id }) => id.client)
        expect(clients).toEqual(clients.toSorted((one, other) => other - one))
        Y.applyUpdate(copy, part)
        expect(copy.store.pendingStructs).toBeNull()
        expect(copy.store.pendingDs).toBeNull()
      }
      expect(copy.getText('body').toDelta()).toEqual(doc.getText('body').toDelta())
      expect(copy.getArray('list').toJSON()).toEqual(doc.getArray('list').toJSON())
    },
  )
})

function typed(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('body').insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}

function applied(parts: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  for (const part of parts) Y.applyUpdate(doc, part)
  return doc
}

/** Three people who type, format, delete and nest, and hear of each other now and then: their structs lean on each other. */
function writtenBySeveral(random: Random): Y.Doc {
  const people = Array.from({ length: 3 }, () => new Y.Doc())
  for (let step = 0; step < 120; step += 1) {
    const doc = random.pick(people)
    const text = doc.getText('body')
    const at = random.int(text.length + 1)
    const list = doc.getArray<Y.Text>('list')
    const choice = random.int(10)
    if (choice < 5) text.insert(at, random.id().repeat(1 + random.int(3)) + '😀')
    else if (choice === 5) text.delete(Math.floor(at / 2), Math.min(5, text.length - Math.floor(at / 2)))
    else if (choice === 6)
      text.format(Math.floor(at / 2), Math.min(5, text.length - Math.floor(at / 2)), { bold: true })
    else if (choice === 7) list.push([new Y.Text(random.id())])
    else if (list.length > 0) list.get(random.int(list.length)).insert(0, random.id())
    if (random.chance(0.2)) Y.applyUpdate(random.pick(people), Y.encodeStateAsUpdate(random.pick(people)))
  }
  const whole = new Y.Doc()
  for (const doc of people) Y.applyUpdate(whole, Y.encodeStateAsUpdate(doc))
  return whole
}
