import { DocumentId, MemoryRelayHub, NodeId, UserId } from '@tandem/sync'
import { expect, test } from 'vitest'
import { watchDocuments } from './document-changes.ts'
import { renameDocument, setListed } from './documents.ts'
import { documentTopic, userTopic, type AppEvent } from './events.ts'
import { LiveEvents } from './live-events.ts'

const [ANN, BOB] = ['user-ann', 'user-bob'].map((id) => UserId.parse(id)) as [UserId, UserId]
const documentId = DocumentId.parse('document-1')

type Ctx = Parameters<typeof watchDocuments>[0]

/** Two nodes, on which Ann is. Her list is what she has not taken off. */
function world() {
  const hub = new MemoryRelayHub()
  const [events, elsewhere] = ['node-one', 'node-two'].map(
    (node) => new LiveEvents({ node: NodeId.parse(node), relay: hub.relay() }),
  ) as [LiveEvents, LiveEvents]
  let isInList = true
  const documents = {
    list: async () => ({ documents: isInList ? [{ id: documentId }] : [], nextCursor: undefined }),
    setListed: async (_: DocumentId, __: UserId, { isListed }: { isListed: boolean }) => void (isInList = isListed),
    rename: async (_: DocumentId, title: string) => title,
  }
  const contextOn = (node: LiveEvents) =>
    ({
      user: { userId: ANN, name: 'Ann', isGuest: true },
      documents,
      events: node,
      rooms: { announce: () => undefined },
      access: { rolesOf: async () => ({ accessVersion: 1, roles: new Map([[ANN, 'viewer']]) }) },
      gate: { writable: async () => undefined },
    }) as unknown as Ctx
  return { events, elsewhere, here: contextOn(events), there: contextOn(elsewhere), isInList: () => isInList }
}

test('it is stored, then told to every tab of its person on every node, and to nobody else', async () => {
  const { events, elsewhere, here, isInList } = world()
  const told: string[] = []
  const hear = (who: string) => ({
    event: (event: AppEvent) => void told.push(`${who} ${event.name} ${isInList() ? 'listed' : 'off'}`),
  })
  events.listen(userTopic(ANN), hear('Ann'))
  elsewhere.listen(userTopic(ANN), hear('Ann elsewhere'))
  for (const topic of [userTopic(BOB), documentTopic(documentId)]) events.listen(topic, hear('others'))
  expect(await setListed(here, { documentId, isListed: false })).toEqual({ isListed: false })
  await expect.poll(() => told).toHaveLength(2)
  expect(told).toEqual(['Ann documentListed off', 'Ann elsewhere documentListed off'])
})

test('a page that began without it hears its renames once it is put back', async () => {
  const { here, there } = world()
  await setListed(here, { documentId, isListed: false })
  const stop = new AbortController()
  const heard = watchDocuments(there, stop.signal)
  expect((await heard.next()).value).toEqual({ name: 'resync' })
  await renameDocument(here, { documentId, title: 'Unheard' })
  await setListed(here, { documentId, isListed: true })
  expect((await heard.next()).value).toEqual({ name: 'documentListed', data: { documentId, isListed: true } })
  await renameDocument(here, { documentId, title: 'Heard' })
  expect((await heard.next()).value).toEqual({ name: 'documentRenamed', data: { documentId, title: 'Heard' } })
  stop.abort()
  await heard.return()
})
