import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { expect, test } from 'vitest'
import { mergedUpdates } from './merged-updates.ts'

test('[VAL-7] updates are merged without loss, also when their clients are not in the order in which Yjs writes them', () => {
  const [low, high] = [new Y.Doc(), new Y.Doc()]
  low.clientID = 1
  high.clientID = 2
  low.getText('body').insert(0, 'first ')
  const first = Y.encodeStateAsUpdate(low)
  const before = Y.encodeStateVector(low)
  for (const word of ['one ', 'two ']) low.getText('body').insert(0, word)
  Y.applyUpdate(high, Y.encodeStateAsUpdate(low))
  for (const word of ['three ', 'four ']) high.getText('body').insert(0, word)
  high.getText('body').delete(5, 1)
  const second = lowestFirst(Y.encodeStateAsUpdate(high, before))
  expect(Y.decodeUpdate(second).structs.map(({ id }) => id.client)).toEqual([1, 1, 2, 2, 2])

  const [oneByOne, merged] = [new Y.Doc(), new Y.Doc()]
  for (const update of [first, second]) Y.applyUpdate(oneByOne, update)
  Y.applyUpdate(merged, mergedUpdates([first, second]))
  expect(oneByOne.getText('body').toJSON()).toBe('four hree two one first ')
  expect(merged.getText('body').toJSON()).toBe('four hree two one first ')
  expect(merged.store.pendingStructs).toBeNull()
})

/** The same update, as somebody else than Yjs might write it. */
function lowestFirst(update: Uint8Array): Uint8Array {
  const { structs, ds } = Y.decodeUpdate(update)
  const byClient = [...Map.groupBy(structs, ({ id }) => id.client)].sort(([one], [other]) => one - other)
  const encoder = new Y.UpdateEncoderV1()
  encoding.writeVarUint(encoder.restEncoder, byClient.length)
  for (const [client, own] of byClient) {
    encoding.writeVarUint(encoder.restEncoder, own.length)
    encoder.writeClient(client)
    encoding.writeVarUint(encoder.restEncoder, own[0]?.id.clock ?? 0)
    for (const struct of own) struct.write(encoder, 0)
  }
  encoding.writeVarUint(encoder.restEncoder, ds.clients.size)
  for (const [client, ranges] of ds.clients) {
    encoder.resetDsCurVal()
    encoding.writeVarUint(encoder.restEncoder, client)
    encoding.writeVarUint(encoder.restEncoder, ranges.length)
    for (const { clock, len } of ranges) {
      encoder.writeDsClock(clock)
      encoder.writeDsLen(len)
    }
  }
  return encoder.toUint8Array()
}
