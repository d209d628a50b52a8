import { expect, test } from 'vitest'
import { DOCUMENT, OneDocument, Typist, rest, type Reader } from '../test/one-document.ts'
import { SyncError } from './errors.ts'
import { MemoryRelayHub } from './memory-relay.ts'
import type { Rooms } from './rooms.ts'
import type { UserId } from './protocol.ts'

/** A node that hears nothing of others, with readers; Ann, who writes at another. */
async function unheard(...names: readonly string[]): Promise<{
  document: OneDocument
  alone: Rooms
  readers: Reader[]
  /** Ann writes at the other node, what she wrote is merged into a snapshot; `meanwhile` happens before this node reads on. */
  skip(options: { schemaVersion: number; meanwhile(): void }): Promise<void>
}> {
  const document = new OneDocument()
  const hub = new MemoryRelayHub()
  const [other, alone] = [document.node('other'), document.node('alone', hub.relay())]
  const readers = names.map((name) => document.join(alone, name))
  const ann = new Typist('ann', 1)
  await rest()
  return {
    document,
    alone,
    readers,
    skip: async ({ schemaVersion, meanwhile }) => {
      await other.push(ann.author, { ...ann.type('written'), schemaVersion })
      document.log.compact(DOCUMENT, 1)
      meanwhile()
      hub.interrupt() // it doubts what it knows, and reads the log, before any heartbeat
      await rest()
    },
  }
}

/** What they were told of their role and the document's schema, in order. */
const toldOf = ({ frames }: Reader) =>
  frames.flatMap((frame) => (frame.type === 'changes' && frame.access ? [frame.access] : []))

test('[ACC-3] a node that goes on from a snapshot, as the rows it missed are gone, applies the roles that changed meanwhile', async () => {
  const { document, readers, skip } = await unheard('bob', 'eve')
  await skip({
    schemaVersion: 1,
    meanwhile: () => {
      document.log.setRole(DOCUMENT, 'user-eve-1' as UserId, null)
      document.log.setLinkRole(DOCUMENT, 'viewer')
    },
  })
  const [bob, eve] = readers
  expect(bob?.texts).toBe('written')
  expect(bob && toldOf(bob)).toEqual([{ role: 'viewer', schemaVersion: 1 }])
  expect(eve?.ended).toMatchObject({ code: 'not-allowed' })
})

test('[ACC-3] roles that could not be read then are read with the next heartbeat', async () => {
  const { document, alone, readers, skip } = await unheard('eve')
  await skip({
    schemaVersion: 1,
    meanwhile: () => {
      document.log.setLinkRole(DOCUMENT, undefined)
      document.beforeCall = (name) => {
        if (name === 'rolesOf') throw new SyncError('log-unavailable', 'The database is away.')
      }
    },
  })
  expect(readers[0]?.ended).toBeUndefined()
  document.beforeCall = () => undefined
  await alone.heartbeat()
  await rest()
  expect(readers[0]?.ended).toMatchObject({ code: 'not-allowed' })
})

test('[ACC-4] a schema that was raised by rows that are gone is told before what was written with it', async () => {
  const { readers, skip } = await unheard('bob')
  await skip({ schemaVersion: 2, meanwhile: () => undefined })
  const [bob] = readers
  expect(bob && toldOf(bob)).toEqual([{ role: 'editor', schemaVersion: 2 }])
  const kinds = bob?.frames.map((frame) => (frame.type === 'changes' && frame.access ? 'access' : frame.type))
  expect(kinds?.indexOf('access')).toBeLessThan(kinds?.indexOf('snapshot') ?? -1)
})

test('[ACC-4] after that, nothing of an older page is taken, also before anybody has read the snapshot', async () => {
  const { alone, readers, skip } = await unheard('bob')
  const [reader] = readers
  if (reader) reader.open = false
  await skip({ schemaVersion: 2, meanwhile: () => undefined })
  const bob = new Typist('bob', 2)
  await expect(alone.push(bob.author, bob.type('of an older page'))).rejects.toMatchObject({ code: 'client-too-old' })
})
