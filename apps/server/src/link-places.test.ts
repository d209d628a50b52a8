import type { Context } from '@tandem/api'
import { DocumentId, ReplicaId, UserId, type Frame } from '@tandem/sync'
import { expect, test } from 'vitest'
import { linkPlaces } from './link-places.ts'
import { SocketCaps } from './socket-caps.ts'

const DOCUMENT = DocumentId.parse('document-1')
const MOST = 2

/** Rooms whose sessions yield frames until they are told to end, behind the places of their links. */
function doors(options: { members?: string[]; most?: number; ended?: Promise<unknown>; version?: () => number } = {}) {
  const { members = [], most = MOST, version } = options
  const caps = new SocketCaps({ cluster: undefined, caps: { ip: 0, user: 0, link: most }, onRefused: () => undefined })
  const rooms = {
    async *join() {
      for (;;) {
        yield { type: 'welcome' } as unknown as Frame
        if (options.ended !== undefined) {
          await options.ended
          return
        }
      }
    },
  } as unknown as Context['rooms']
  const behind = linkPlaces(rooms, {
    sharing: { comesByLink: async (_, userId) => !members.includes(userId) },
    accessVersion: () => version?.(),
    caps,
    most,
  })
  let replicas = 0
  return (who: string) =>
    behind.join(
      { userId: UserId.parse(who), name: who },
      {
        documentId: DOCUMENT,
        replicaId: ReplicaId.parse(`replica-${(replicas += 1)}`),
        protocolVersion: 1,
        schemaVersion: 1,
      },
      { signal: new AbortController().signal, gate: { writable: async () => undefined } },
    )
}

const full = { code: 'link-full', message: expect.stringContaining('SESSIONS_PER_LINK') }

test('so many as there are places come in by the link; the next is told what happens next', async () => {
  const join = doors()
  for (const who of ['user-ann', 'user-bob']) expect((await join(who).next()).done).toBe(false)
  await expect(join('user-carl').next()).rejects.toMatchObject(full)
  await expect(join('user-carl').next()).rejects.toThrow(/let in as soon as one of them leaves/)
})

test('who has a role of their own needs no place, and takes none', async () => {
  const join = doors({ members: ['user-ann'] })
  for (let session = 0; session < 5; session += 1) expect((await join('user-ann').next()).done).toBe(false)
  for (const who of ['user-bob', 'user-carl']) expect((await join(who).next()).done).toBe(false)
  await expect(join('user-dora').next()).rejects.toMatchObject(full)
})

test('who had a role of their own is asked about again once access has changed', async () => {
  const members = ['user-ann']
  let version = 1
  const join = doors({ members, most: 1, version: () => version })
  for (let session = 0; session < 3; session += 1) expect((await join('user-ann').next()).done).toBe(false)
  members.pop() // and nobody has heard of it yet
  expect((await join('user-ann').next()).done).toBe(false)
  version = 2
  expect((await join('user-ann').next()).done).toBe(false) // by the link now
  await expect(join('user-ann').next()).rejects.toMatchObject(full)
})

test('a session that is left, or ends by itself, gives its place back once', async () => {
  const ending = Promise.withResolvers<void>()
  const join = doors({ ended: ending.promise })
  const [left, ended] = [join('user-ann'), join('user-bob')]
  await left.next()
  await ended.next()
  await left.return()
  await left.return()
  const next = join('user-carl')
  expect((await next.next()).done).toBe(false)
  await expect(join('user-dora').next()).rejects.toMatchObject(full)
  ending.resolve()
  expect((await ended.next()).done).toBe(true)
  expect((await join('user-dora').next()).done).toBe(false)
  await expect(join('user-ewan').next()).rejects.toMatchObject(full)
})

test('one that is given up before it has its place takes none', async () => {
  const join = doors()
  for (let count = 0; count < 3; count += 1) {
    const frames = join('user-ann')
    const begun = frames.next()
    await frames.return()
    await begun
  }
  for (const who of ['user-bob', 'user-carl']) expect((await join(who).next()).done).toBe(false)
})

test('0 lets in as many as come', async () => {
  const join = doors({ most: 0 })
  for (let session = 0; session < 10; session += 1) expect((await join('user-ann').next()).done).toBe(false)
})
