import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import * as protocol from './protocol.ts'

/**
 * Change the wire, and these change in the same commit: both, or the hash alone when all that is new are optional fields
 * of frames and answers, which older pages pass over.
 */
const PINNED = { version: 2, hash: '34fa64677c215654' }

test('[WIRE-1] the wire changes only on purpose', () => {
  const exported: [string, unknown][] = Object.entries(protocol)
  const schemas = exported.flatMap(([name, value]): [string, z.ZodType][] =>
    value instanceof z.ZodType ? [[name, value]] : [],
  )
  const described = schemas
    .map(([name, schema]): [string, unknown] => [name, z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })])
    .sort(([one], [other]) => one.localeCompare(other))
  const hash = createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 16)
  expect(schemas.length).toBeGreaterThan(15)
  expect({ version: protocol.PROTOCOL_VERSION, hash }).toEqual(PINNED)
})

test('what a browser says about itself is only a caret', () => {
  const caret = {
    anchor: { type: null, tname: 'body', item: null, assoc: 0 },
    head: { type: null, tname: 'body', item: null, assoc: 0 },
  }
  const presence = { documentId: 'document-1', sessionId: 'session-1', caret }
  expect(protocol.Presence.safeParse(presence).success).toBe(true)
  expect(protocol.Presence.safeParse({ ...presence, person: { name: 'Somebody else' } }).success).toBe(false)
  expect(protocol.Presence.safeParse({ ...presence, caret: { ...caret, anchor: 7 } }).success).toBe(false)
})
