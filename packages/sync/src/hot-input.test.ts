import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binaryEncoder } from './encoder.ts'
import { readPresence, readPush } from './hot-input.ts'
import { Presence, Push } from './protocol.ts'

const { encode, decode } = binaryEncoder()

const long = fc.constantFrom(7, 8, 64, 65).map((length) => 'x'.repeat(length))
const id = fc.oneof({ weight: 18, arbitrary: fc.uuid() }, fc.string({ maxLength: 12 }), long)
const count = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 2, max: 64 }) },
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, 1, 2, 64, 65, 2 ** 53, Infinity, Number.NaN),
)
const odd = fc.oneof(fc.constantFrom(null, undefined, true, '', [], {}, new Uint8Array(2)), count, id)
const place = fc.oneof(fc.constant(null), record({ client: count, clock: count }))
const position = record({
  type: place,
  tname: fc.oneof(fc.constant(null), fc.string({ maxLength: 9 }), long),
  item: place,
  assoc: fc.oneof(fc.constantFrom(-1, 0, 1), count),
})
const caret = fc.oneof(fc.constant(null), record({ anchor: position, head: position }))
const presence = record({ documentId: id, sessionId: id, caret })
const push = record({
  documentId: id,
  epoch: id,
  replicaId: id,
  pushId: count,
  update: fc.uint8Array({ maxLength: 4 }),
  part: fc.oneof(fc.constant(undefined), record({ part: count, of: count })),
  schemaVersion: count,
  sentAt: fc.oneof(fc.constant(undefined), count),
})

/** Mostly as it should be; sometimes a field is something else, is missing, or is one too many. */
function record(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const names = Object.keys(fields)
  const change = fc.oneof(
    { weight: 12, arbitrary: fc.constant((value: Record<string, unknown>) => value) },
    fc.tuple(fc.constantFrom(...names), odd).map(([name, value]) => (it: Record<string, unknown>) => ({
      ...it,
      [name]: value,
    })),
    fc.constantFrom(...names).map(
      (name) =>
        ({ [name]: _, ...rest }: Record<string, unknown>) =>
          rest,
    ),
    fc
      .constantFrom('more', 'constructor', 'toString')
      .map((name) => (it: Record<string, unknown>) => ({ ...it, [name]: 1 })),
  )
  return fc.tuple(fc.record(fields), change).map(([value, changed]) => changed(value as Record<string, unknown>))
}

describe('on the hot path an input is taken if, and only if, its schema takes it', () => {
  test.each([
    ['push', push, Push, readPush],
    ['presence', presence, Presence, readPresence],
  ] as const)('%s', (_name, inputs, schema, read) => {
    let taken = 0
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: inputs }, odd), (said) => {
        const input = decode(encode(said)) // as it comes from a socket
        const { success, data } = schema.safeParse(input)
        if (success) taken += 1
        expect(read(input)).toEqual(data)
      }),
      { numRuns: 5_000 },
    )
    expect(taken).toBeGreaterThan(500)
  })
})
