import { expect, test } from 'vitest'
import { DOCUMENT, OneDocument, Typist, rest } from '../test/one-document.ts'
import { MemoryRelayHub } from './memory-relay.ts'
import type { UserId } from './protocol.ts'

const userOf = (name: string): UserId => `user-${name}-1` as UserId

test('[ACC-3] a node that goes on from a snapshot, as the rows it missed are gone, applies the roles that changed meanwhile', async () => {
  const document = new OneDocument()
  const other = document.node('other')
  const alone = document.node('alone', new MemoryRelayHub().relay()) // it hears nothing
  const [bob, eve] = [document.join(alone, 'bob'), document.join(alone, 'eve')]
  await rest()
  const ann = new Typist('ann', 1)
  await other.push(ann.author, ann.type('before '))
  await alone.heartbeat()
  await rest()
  expect([bob.texts, eve.texts]).toEqual(['before ', 'before '])

  await other.push(ann.author, ann.type('after'))
  document.log.compact(DOCUMENT, 2)
  document.log.setRole(DOCUMENT, userOf('eve'), null)
  document.log.setLinkRole(DOCUMENT, 'viewer')
  await alone.heartbeat()
  await rest()
  expect(bob.texts).toBe('before after')
  expect(bob.frames.at(-1)).toMatchObject({ access: { role: 'viewer' } })
  expect(eve.ended).toMatchObject({ code: 'not-allowed' })
})
