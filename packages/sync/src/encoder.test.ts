import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binaryEncoder } from './encoder.ts'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'

const { encode, decode } = binaryEncoder()

/** What a frame may carry: JSON values and bytes. */
const frameValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((number) => number + 0),
    fc.integer({ min: -70_000, max: 70_000 }),
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.uint8Array({ maxLength: 400 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 20, noNullPrototype: true },
    ),
  ),
})).value

describe('what is said arrives', () => {
  test('any JSON value with bytes in it', () => {
    fc.assert(
      fc.property(frameValue, (value) => {
        expect(decode(encode(value))).toEqual(value)
      }),
    )
  })

  test('from every container that a socket hands over, and as plain bytes of its own', () => {
    const update = Uint8Array.of(1, 2, 3)
    const frame = encode({ update })
    for (const received of [frame, Buffer.from(frame), frame.buffer]) {
      const decoded = decode(received) as { update: Uint8Array }
      expect(decoded).toEqual({ update })
      expect(decoded.update.constructor).toBe(Uint8Array)
      expect(decoded.update.buffer.byteLength).toBe(3)
    }
  })

  test('every boundary of every length and number form', () => {
    for (const size of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
      const values = [
        'x'.repeat(size),
        'é'.repeat(size),
        new Uint8Array(size).fill(7),
        Array.from({ length: size }, () => 1),
        Object.fromEntries(Array.from({ length: Math.min(size, 60_000) }, (_, key) => [`k${key}`, 1])),
      ]
      // Not toEqual: it takes a second for these.
      for (const value of values) expect(isDeepStrictEqual(decode(encode(value)), value)).toBe(true)
    }
    for (const power of [5, 7, 8, 15, 16, 31, 32, 53]) {
      for (const number of [2 ** power - 1, 2 ** power, -(2 ** power), -(2 ** power) - 1])
        expect(decode(encode(number))).toBe(number)
    }
    for (const number of [Infinity, -Infinity, Number.NaN, 0.1]) expect(decode(encode(number))).toBe(number)
  })

  test('bytes as the MessagePack specification writes them', () => {
    const hex = (value: unknown) => Buffer.from(encode(value)).toString('hex')
    expect(hex({ compact: true, schema: 0 })).toBe('82a7636f6d70616374c3a6736368656d6100') // the front page of msgpack.org
    expect(hex([null, false, -1, -33, 128, 65_536, 2 ** 40, -(2 ** 40), 0.5])).toBe(
      '99c0c2ffd3ffffffffffffffdfcc80ce00010000cf0000010000000000d3ffffff0000000000cb3fe0000000000000',
    )
    expect(hex(Uint8Array.of(1))).toBe('c40101')
    expect(['ca3f000000', 'd0ff', 'd1ffff', 'd2ffffffff'].map((bytes) => decode(Buffer.from(bytes, 'hex')))).toEqual([
      0.5, -1, -1, -1,
    ])
  })
})

describe('encode never refuses', () => {
  test('any value at all gives a frame that decodes', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
          maxDepth: 4,
        }),
        (value) => {
          decode(encode(value))
        },
      ),
    )
  })

  test('left out or replaced as JSON does', () => {
    const error = Object.assign(new Error('secret'), { code: 7 })
    expect(
      decode(encode({ a: undefined, b: () => 1, c: Symbol('c'), d: [undefined], e: 10n, f: new Date(0), error })),
    ).toEqual({ d: [null], e: '10', f: '1970-01-01T00:00:00.000Z', error: { code: 7 } })
  })

  test('cycles, deep nests and hostile keys', () => {
    const cycle: Record<string, unknown> = { name: 'cycle' }
    cycle.self = cycle
    expect(decode(encode(cycle))).toEqual({ name: 'cycle', self: null })
    let deep: unknown = 'bottom'
    for (let level = 0; level < 100_000; level++) deep = [deep]
    decode(encode(deep))
    expect(decode(encode(JSON.parse('{"__proto__": {"admin": true}, "a": 1}')))).toEqual({ a: 1 })
  })

  test('a toJSON that encodes does not disturb the frame around it', () => {
    const nested = { toJSON: () => encode({ inner: 'x'.repeat(50) }).byteLength }
    expect(decode(encode({ before: 'before', nested, after: 'after' }))).toEqual({
      before: 'before',
      nested: 59,
      after: 'after',
    })
  })
})

describe('decode refuses with a SyncError', () => {
  const refused = (bytes: string | ArrayBuffer | Uint8Array) => {
    let caught: unknown
    try {
      decode(bytes)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(SyncError)
    return (caught as SyncError).code
  }

  test('random bytes and broken frames: a value or a SyncError, nothing else', () => {
    const broken = fc.tuple(frameValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const frame = encode(value)
      frame[at % frame.length] = byte
      return frame
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), broken), (bytes) => {
        try {
          decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(SyncError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('every truncation and every trailing byte', () => {
    fc.assert(
      fc.property(frameValue, fc.nat(), (value, cut) => {
        const frame = encode(value)
        refused(frame.subarray(0, cut % frame.length))
        refused(Uint8Array.of(...frame, 0))
      }),
    )
  })

  test.each([
    ['text', '{}'],
    ['an extension', 'd40100'],
    ['a record definition of msgpackr', 'd4724093a161a162a163'],
    ['a timestamp', 'd6ff00000000'],
    ['the token that is never used', 'c1'],
    ['a number as a key', '810102'],
    ['an own __proto__', '81a95f5f70726f746f5f5f80'],
    ['broken UTF-8', 'a2c328'],
    ['an integer beyond 2^53', 'cf0020000000000000'],
    ['an array that claims 4 billion values', 'ddffffffff00'],
    ['bytes that claim 4 GB', 'c6ffffffff00'],
  ])('%s', (_, frame) => {
    expect(refused(frame.startsWith('{') ? frame : Buffer.from(frame, 'hex'))).toBe('bad-input')
  })

  test('too deep, too many, too large', () => {
    expect(refused(new Uint8Array(100_000).fill(0x91))).toBe('bad-input')
    const emptyMaps = new Uint8Array(5 + 0x10_0000).fill(0x80)
    emptyMaps.set([0xdd, 0, 0x10, 0, 0])
    expect(refused(emptyMaps)).toBe('bad-input')
    expect(refused(encode(new Uint8Array(LIMITS.frameBytes)))).toBe('update-too-large')
  })

  test('more values than this end reads', () => {
    const small = binaryEncoder({ maxValues: 3 })
    expect(small.decode(encode([1, 2]))).toEqual([1, 2])
    expect(() => small.decode(encode([1, 2, 3]))).toThrow(SyncError)
  })

  test('nothing reaches a prototype', () => {
    const hostile = Buffer.from('81ab636f6e7374727563746f7281a970726f746f7479706581a561646d696ec3', 'hex')
    expect(Object.hasOwn(decode(hostile) as object, 'constructor')).toBe(true)
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})

test('bytes that are no UTF-8 are refused, also where the text that they look like was read before', () => {
  // Letters of one byte and of two: of so many texts, some are remembered where the broken one is looked for.
  const letters = ['a', '\u00fc', '7', '\u00f1']
  for (let number = 0; number < letters.length ** 6; number += 1) {
    const text = Array.from({ length: 6 }, (_, place) => letters[(number >> (2 * place)) % 4]).join('') + '\u00e9'
    expect(decode(encode(text))).toBe(text)
    const broken = Uint8Array.of(0xa0 + text.length, ...Array.from(text, (letter) => letter.charCodeAt(0)))
    expect(() => decode(broken)).toThrow('broken UTF-8')
  }
})
