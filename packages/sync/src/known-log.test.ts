import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { emptyCheck, nextCheck } from './check.ts'
import { decodeUpdate } from './decoded-update.ts'
import { KnownLog, type DecodedPart, type Fit } from './known-log.ts'
import { LIMITS } from './limits.ts'
import type { LogRow } from './ports.ts'
import type { Epoch, ReplicaId, UserId } from './protocol.ts'

const [ann, bob] = ['user-ann-1' as UserId, 'user-bob-1' as UserId]
const epoch = 'epoch-number-1' as Epoch

function emptyLog(options: { snapshotBytes?: number; snapshotStructs?: number } = {}): KnownLog {
  const head = { epoch, head: 0, check: emptyCheck(epoch), accessVersion: 1, schemaVersion: 1 }
  return new KnownLog({
    ...head,
    snapshotSeq: 0,
    snapshotVector: new Map(),
    snapshotBytes: options.snapshotBytes ?? 0,
    snapshotStructs: options.snapshotStructs ?? 0,
    tail: [],
    owners: new Map(),
  })
}

function typist(clientId: number): { doc: Y.Doc; type(text: string): Uint8Array } {
  const doc = new Y.Doc()
  doc.clientID = clientId
  return {
    doc,
    type(text) {
      const before = Y.encodeStateVector(doc)
      doc.getText('body').insert(doc.getText('body').length, text)
      return Y.encodeStateAsUpdate(doc, before)
    },
  }
}

function judge(log: KnownLog, userId: UserId, update: Uint8Array): Fit | 'nothing-new' | 'missing' {
  const fits = log.judge()(userId, [partOf(update)])
  if (typeof fits === 'string') return fits
  const [fit] = fits
  if (fit === undefined || fits.length > 1) throw new Error('One update makes one row.')
  return fit
}

function partOf(update: Uint8Array): DecodedPart {
  return { update, decoded: decodeUpdate(update) }
}

function row(log: KnownLog, userId: UserId, update: Uint8Array): LogRow {
  const { head, check } = log.head
  return {
    seq: head + 1,
    check: nextCheck(check, update),
    update,
    userId,
    replicaId: 'replica-1' as ReplicaId,
    pushId: head + 1,
    at: 0,
  }
}

test('[GAP-1] takes what follows by seq and check, passes over what is known, throws for the rest', () => {
  const log = emptyLog()
  const { type } = typist(1)
  const first = row(log, ann, type('a'))
  expect(log.follow(first)).toBe(true)
  expect(log.follow(first)).toBe(false)
  const second = row(log, ann, type('b'))
  expect(() => log.follow({ ...second, seq: 3 })).toThrow(/does not follow/)
  expect(() => log.follow({ ...second, check: first.check })).toThrow(/does not follow/)
  expect(log.follow(second)).toBe(true)
  expect(log.rowsAfter({ epoch, seq: 1, check: first.check })).toEqual([second])
})

test('[WIRE-2] memory answers a token only when its check is the row’s', () => {
  const log = emptyLog()
  const { type } = typist(1)
  for (const text of 'abc') log.follow(row(log, ann, type(text)))
  expect(log.rowsAfter(log.token)).toEqual([])
  expect(log.rowsAfter({ ...log.token, check: '0123456789abcdef' })).toBeUndefined()
  expect(log.rowsAfter({ ...log.token, seq: 9 })).toBeUndefined()
  expect(log.rowsAfter({ epoch, seq: 1, check: '0123456789abcdef' })).toBeUndefined()
})

test('[VAL-3] a client id belongs to the user who used it first', () => {
  const log = emptyLog()
  const { type } = typist(1)
  const first = type('a')
  expect(judge(log, ann, first)).toEqual({ update: first, newClients: [1] })
  log.follow(row(log, ann, first))
  const second = type('b')
  expect(judge(log, ann, second)).toEqual({ update: second, newClients: [] })
  expect(() => judge(log, bob, second)).toThrow(expect.objectContaining({ code: 'foreign-client-id' }))
})

test('[VAL-3] within one batch the first user has it too', () => {
  const log = emptyLog()
  const { type } = typist(1)
  const [first, second] = [type('a'), type('b')]
  const judgeNext = log.judge()
  judgeNext(ann, [partOf(first)])
  expect(() => judgeNext(bob, [partOf(second)])).toThrow(expect.objectContaining({ code: 'foreign-client-id' }))
})

test('[VAL-4] what is known brings nothing new, what overlaps is cut', () => {
  const log = emptyLog()
  const { doc, type } = typist(1)
  const first = type('hello')
  log.follow(row(log, ann, first))
  expect(judge(log, ann, first)).toBe('nothing-new')
  type(' world')
  const fit = judge(log, ann, Y.encodeStateAsUpdate(doc))
  expect(fit).not.toBeTypeOf('string')
  expect(decodeUpdate((fit as Fit).update).runs.get(1)).toEqual({ from: 5, to: 11 })
})

test('[VAL-5] what starts beyond the log, or refers beyond it, is missing something', () => {
  const log = emptyLog()
  const { doc, type } = typist(1)
  const first = type('a')
  const second = type('b')
  expect(judge(log, ann, second)).toBe('missing')
  const other = typist(2)
  Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(doc))
  const reply = other.type('c')
  expect(judge(log, bob, reply)).toBe('missing')
  log.follow(row(log, ann, first))
  log.follow(row(log, ann, second))
  expect(judge(log, bob, reply)).toEqual({ update: reply, newClients: [2] })
})

test('[VAL-5] a delete of what is not there is missing something', () => {
  const log = emptyLog()
  const { doc, type } = typist(1)
  const text = type('abc')
  const before = Y.encodeStateVector(doc)
  doc.getText('body').delete(0, 2)
  const deletion = Y.encodeStateAsUpdate(doc, before)
  expect(judge(log, ann, deletion)).toBe('missing')
  log.follow(row(log, ann, text))
  expect(judge(log, bob, deletion)).toEqual({ update: deletion, newClients: [] })
})

test('[VAL-6] a document that is full takes no more, until compaction has made room', () => {
  const log = emptyLog({ snapshotBytes: LIMITS.documentBytes })
  const update = typist(1).type('a')
  expect(() => judge(log, ann, update)).toThrow(expect.objectContaining({ code: 'document-full' }))
  log.compacted({ throughSeq: 0, bytes: 1_000, structs: 0 }, log.weight)
  expect(judge(log, ann, update)).toEqual({ update, newClients: [1] })
})

test('[VAL-6] structs count, too: those of the snapshot, of the rows after it and of what is judged with it', () => {
  const log = emptyLog({ snapshotStructs: LIMITS.documentStructs - 2 })
  const [first, second] = [typist(1).type('a'), typist(2).type('b')]
  log.follow(row(log, ann, first))
  const both = log.judge()
  expect(both(ann, [partOf(second)])).toHaveLength(1)
  const third = partOf(typist(3).type('c'))
  expect(() => both(ann, [third])).toThrow(/1000000 structs .*LIMITS.documentStructs/)
  log.compacted({ throughSeq: 0, bytes: 0, structs: LIMITS.documentStructs - 3 }, log.weight)
  expect(log.weight.structs).toBe(LIMITS.documentStructs - 2)
  expect(log.judge()(ann, [third])).toHaveLength(1)
})

test('[VAL-6] of rows that memory has forgotten, what came since the compaction was asked for is counted', () => {
  const log = emptyLog()
  const { type } = typist(1)
  const add = (count: number): void => {
    for (let index = 0; index < count; index += 1) log.follow(row(log, ann, type('a')))
  }
  add(10)
  const asked = log.weight
  add(LIMITS.roomTailRows + 10)
  expect(log.tail.rows).toBeLessThan(LIMITS.roomTailRows)
  log.compacted({ throughSeq: 15, bytes: 100, structs: 1 }, asked)
  expect(log.weight.structs).toBe(1 + LIMITS.roomTailRows + 10)
})
