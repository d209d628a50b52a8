import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { decodeUpdate, trimUpdate } from './decoded-update.ts'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { canIntegrate } from './struct-order.ts'

function typed(clientId: number, text: string): { doc: Y.Doc; update: Uint8Array } {
  const doc = new Y.Doc()
  doc.clientID = clientId
  doc.getText('body').insert(0, text)
  return { doc, update: Y.encodeStateAsUpdate(doc) }
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    return error instanceof SyncError ? error.code : String(error)
  }
  return undefined
}

test('reads which clocks an update brings and what it leans on', () => {
  const { doc, update } = typed(7, 'hello')
  expect(decodeUpdate(update).runs).toEqual(new Map([[7, { from: 0, to: 5 }]]))
  const before = Y.encodeStateVector(doc)
  doc.getText('body').insert(5, '!')
  doc.getText('body').delete(0, 1)
  const decoded = decodeUpdate(Y.encodeStateAsUpdate(doc, before))
  expect(decoded.runs).toEqual(new Map([[7, { from: 5, to: 6 }]]))
  expect(decoded.needs.get(7)).toBe(5)
  expect(decoded.deletes).toBe(true)
})

test('[VAL-1] an update cut anywhere is refused, or is a whole smaller one', () => {
  const { update } = typed(7, 'hello world')
  for (let length = 0; length < update.byteLength; length += 1) {
    expect(
      codeOf(() => decodeUpdate(update.slice(0, length))),
      `cut at ${length}`,
    ).toBe('malformed-update')
  }
})

test('[VAL-1] bytes after its end are refused', () => {
  const { update } = typed(7, 'hello')
  expect(codeOf(() => decodeUpdate(new Uint8Array([...update, 0])))).toBe('malformed-update')
  expect(codeOf(() => decodeUpdate(update))).toBeUndefined()
})

test('[VAL-1] a hole between two runs is refused', () => {
  const { doc } = typed(7, 'one')
  const first = Y.encodeStateAsUpdate(doc)
  doc.getText('body').insert(3, 'two')
  const afterTwo = Y.encodeStateVector(doc)
  doc.getText('body').insert(0, 'three')
  const third = Y.encodeStateAsUpdate(doc, afterTwo)
  expect(codeOf(() => decodeUpdate(Y.mergeUpdates([first, third])))).toBe('malformed-update')
})

test('[VAL-2] too many bytes and too many structs are refused, and the error names the limit', () => {
  expect(() => decodeUpdate(new Uint8Array(LIMITS.updateBytes + 1))).toThrow(/LIMITS\.updateBytes/)
  const doc = new Y.Doc()
  const map = doc.getMap('many')
  doc.transact(() => {
    for (let index = 0; index <= LIMITS.updateStructs; index += 1) map.set(`${index}`, index)
  })
  expect(() => decodeUpdate(Y.encodeStateAsUpdate(doc))).toThrow(/LIMITS\.updateStructs/)
})

test('[VAL-2] seven bytes that announce millions of structs are refused', () => {
  expect(codeOf(() => decodeUpdate(new Uint8Array([1, 0xff, 0xff, 0xff, 0x7f, 1, 0])))).toBe('malformed-update')
})

test('[VAL-4] trimming cuts off what is known and keeps the deletes', () => {
  const { doc, update: first } = typed(7, 'hello')
  doc.getText('body').insert(5, ' world')
  doc.getText('body').delete(0, 2)
  const trimmed = trimUpdate(Y.encodeStateAsUpdate(doc), new Map([[7, 5]]))
  expect(decodeUpdate(trimmed).runs.get(7)?.from).toBe(5)
  const other = new Y.Doc()
  Y.applyUpdate(other, first)
  Y.applyUpdate(other, trimmed)
  expect(other.getText('body').toString()).toBe('llo world')
})

test('[VAL-7] structs that wait for each other, or for later ones of their own client, are refused', () => {
  const order = (references: readonly [number, number, number, number][]): boolean =>
    canIntegrate(
      new Map([1, 2, 3].map((client) => [client, { from: 10, to: 20 }])),
      references.map(([client, clock, onClient, onClock]) => ({ client, clock, onClient, onClock })),
    )
  expect(
    order([
      [1, 12, 1, 11],
      [1, 12, 2, 5],
      [1, 15, 9, 99],
    ]),
    'backwards, before, elsewhere',
  ).toBe(true)
  expect(order([[1, 12, 1, 12]])).toBe(false)
  expect(
    order([
      [1, 12, 2, 15],
      [2, 16, 1, 13],
      [3, 10, 1, 19],
    ]),
    'a zip',
  ).toBe(true)
  expect(
    order([
      [1, 12, 2, 15],
      [2, 15, 1, 13],
    ]),
    'a circle of two',
  ).toBe(false)
  expect(
    order([
      [1, 12, 2, 15],
      [2, 11, 3, 15],
      [3, 15, 1, 12],
    ]),
    'a circle of three',
  ).toBe(false)
})

test('[VAL-1] a delete of nothing is refused', () => {
  expect(codeOf(() => decodeUpdate(new Uint8Array([0, 1, 7, 1, 0, 0])))).toBe('malformed-update')
  expect(codeOf(() => decodeUpdate(new Uint8Array([0, 1, 7, 1, 0, 1])))).toBeUndefined()
})
