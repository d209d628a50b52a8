import { DocumentId, MemoryRelayHub, NodeId, UserId } from '@tandem/sync'
import { expect, test } from 'vitest'
import { listDocuments, setStar } from './documents.ts'
import { documentTopic, userTopic, type AppEvent } from './events.ts'
import { LiveEvents } from './live-events.ts'

const [ANN, BOB] = ['user-ann', 'user-bob'].map((id) => UserId.parse(id)) as [UserId, UserId]
const documentId = DocumentId.parse('document-1')

type Ctx = Parameters<typeof listDocuments>[0]
type Wanted = Parameters<Ctx['documents']['list']>[1]

/** Called by Ann, who has this many documents; every hundredth is starred. */
function context(count: number) {
  const hub = new MemoryRelayHub()
  const events = new LiveEvents({ node: NodeId.parse('node-one'), relay: hub.relay() })
  const elsewhere = new LiveEvents({ node: NodeId.parse('node-two'), relay: hub.relay() })
  const all = Array.from({ length: count }, (_, at) => ({ id: `document-${at}`, isStarred: at % 100 === 99 }))
  const list = async (_: UserId, { limit, cursor = '0', onlyStarred }: Wanted) => {
    const rest = all.flatMap((document, at) =>
      at >= Number(cursor) && (!onlyStarred || document.isStarred) ? [at] : [],
    )
    const next = rest[limit]
    return {
      documents: rest.slice(0, limit).map((at) => all[at]),
      nextCursor: next === undefined ? undefined : String(next),
    }
  }
  const done: string[] = []
  const documents = { list, setStar: async () => void done.push('stored') }
  const ctx = { user: { userId: ANN, name: 'Ann', isGuest: true }, documents, events } as unknown as Ctx
  return { ctx, done, events, elsewhere }
}

test('a star is stored, then told to every tab of its person on every node, and to nobody else', async () => {
  const { ctx, done, events, elsewhere } = context(1)
  const told: string[] = []
  const hear = (who: string) => ({ event: (event: AppEvent) => void told.push(`${who} ${event.name} ${done.join()}`) })
  events.listen(userTopic(ANN), hear('Ann'))
  elsewhere.listen(userTopic(ANN), hear('Ann elsewhere'))
  for (const topic of [userTopic(BOB), documentTopic(documentId)]) events.listen(topic, hear('others'))
  expect(await setStar(ctx, { documentId, isStarred: true })).toEqual({ isStarred: true })
  await expect.poll(() => told).toHaveLength(2)
  expect(told).toEqual(['Ann documentStarred stored', 'Ann elsewhere documentStarred stored'])
})

test('the list ends at a thousand, but for what is starred', async () => {
  expect(await listDocuments(context(1_000).ctx)).toHaveLength(1_000)
  const listed = await listDocuments(context(1_500).ctx)
  expect(listed).toHaveLength(1_005)
  expect(listed.slice(1_000).map((document) => String(document.documentId))).toEqual(
    [1_099, 1_199, 1_299, 1_399, 1_499].map((at) => `document-${at}`),
  )
})
