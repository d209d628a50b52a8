import { SCHEMA_VERSION } from '@tandem/schema/version'
import { LIMITS, PROTOCOL_VERSION, ReplicaId, type DocumentId, type Frame } from '@tandem/sync'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Heard, testNode, type TestNode, type Visitor } from '../test/node-fixture.ts'

let node: TestNode
beforeAll(async () => {
  node = await testNode()
})
afterAll(() => node.close())

const refused = (code: string) => ({ data: { sync: { code } } })

async function userIdOf(visitor: Visitor) {
  const me = await visitor.http.me.get.query()
  if (me === null) throw new Error('unreachable')
  return me.userId
}

/** A document of Ann's that Bob has opened by its address. */
async function shared() {
  const [ann, bob] = [await node.visitor(), await node.visitor()]
  const { documentId } = await ann.http.documents.create.mutate({ title: 'Plans' })
  await bob.http.documents.get.query({ documentId })
  return { ann, bob, documentId, bobId: await userIdOf(bob) }
}

async function heardBy(visitor: Visitor): Promise<Heard<{ name: string }>> {
  const heard = new Heard<{ name: string }>()
  visitor.live.documents.changes.subscribe(undefined, { onData: heard.add })
  await heard.until(({ name }) => name === 'resync')
  return heard
}

/** The frames of a session, and the code that it ended with. */
function joined(
  visitor: Visitor,
  documentId: DocumentId,
): { frames: Heard<Frame>; ended: Promise<unknown>; leave(): void } {
  const frames = new Heard<Frame>()
  const ended = Promise.withResolvers<unknown>()
  const subscription = visitor.live.document.join.subscribe(
    {
      documentId,
      replicaId: ReplicaId.parse(`replica-${crypto.randomUUID()}`),
      protocolVersion: PROTOCOL_VERSION,
      schemaVersion: SCHEMA_VERSION,
    },
    {
      onData: (frame) => frames.add(frame as unknown as Frame),
      onError: (error) => ended.resolve(error.data?.sync?.code),
    },
  )
  return { frames, ended: ended.promise, leave: () => subscription.unsubscribe() }
}

const isWelcome = (frame: Frame): boolean => frame.type === 'welcome'

test('a lower role is in force in an open session at once, and everybody who shows the document hears of it', async () => {
  const { ann, bob, documentId, bobId } = await shared()
  const [heard, session] = [await heardBy(bob), joined(bob, documentId)]
  await session.frames.until(isWelcome)
  await ann.http.sharing.setRole.mutate({ documentId, userId: bobId, role: 'viewer' })
  await ann.http.sharing.setLink.mutate({ documentId, role: null })
  await session.frames.until((frame) => frame.type === 'changes' && frame.access?.role === 'viewer')
  await heard.until(({ name }) => name === 'documentAccessChanged')
  await expect(bob.http.documents.rename.mutate({ documentId, title: 'x' })).rejects.toMatchObject(
    refused('not-allowed'),
  )
  expect(await bob.http.documents.get.query({ documentId })).toMatchObject({ role: 'viewer' })
})

test('who was removed is out at once, stays out whatever the address gives, and can be let in again', async () => {
  const { ann, bob, documentId, bobId } = await shared()
  const [heard, session] = [await heardBy(bob), joined(bob, documentId)]
  await session.frames.until(isWelcome)
  await ann.http.sharing.remove.mutate({ documentId, userId: bobId })
  expect(await session.ended).toBe('not-allowed')
  await heard.until(({ name }) => name === 'documentAccessChanged')
  expect(await bob.http.documents.list.query()).toEqual([])
  await expect(bob.http.documents.get.query({ documentId })).rejects.toMatchObject(refused('not-allowed'))
  expect(await joined(bob, documentId).ended).toBe('not-allowed')
  const invite = await ann.http.sharing.createInvite.mutate({ documentId, role: 'editor', expiresInMs: null })
  await expect(bob.http.sharing.acceptInvite.mutate({ documentId, ...invite })).rejects.toMatchObject(
    refused('not-allowed'),
  )
  expect(await ann.http.sharing.get.query({ documentId })).toMatchObject({
    shutOut: [{ userId: bobId, isGuest: true }],
  })
  await ann.http.sharing.setRole.mutate({ documentId, userId: bobId, role: null })
  expect(await bob.http.documents.get.query({ documentId })).toMatchObject({ role: 'editor' })
})

test('an invite link lets a stranger into a private document, who is in its list and hears of it from then on', async () => {
  const [ann, carl] = [await node.visitor(), await node.visitor()]
  const { documentId } = await ann.http.documents.create.mutate({ title: 'Private' })
  await ann.http.sharing.setLink.mutate({ documentId, role: null })
  const heard = await heardBy(carl)
  const invite = await ann.http.sharing.createInvite.mutate({ documentId, role: 'viewer', expiresInMs: 3_600_000 })
  await expect(carl.http.documents.get.query({ documentId })).rejects.toMatchObject(refused('not-allowed'))
  await carl.http.sharing.acceptInvite.mutate({ documentId, ...invite })
  await heard.until(({ name }) => name === 'documentAccessChanged')
  expect(await carl.http.documents.list.query()).toMatchObject([{ documentId, role: 'viewer' }])
  expect(await ann.http.sharing.get.query({ documentId })).toMatchObject({
    members: [{ userId: await userIdOf(carl), role: 'viewer' }],
    invites: [{ inviteId: invite.inviteId, role: 'viewer', uses: 1, isExpired: false }],
  })
  await ann.http.documents.rename.mutate({ documentId, title: 'Less private' })
  await heard.until(({ name }) => name === 'documentRenamed')
  await ann.http.sharing.revokeInvite.mutate({ documentId, inviteId: invite.inviteId })
  const dora = await node.visitor()
  await expect(dora.http.sharing.acceptInvite.mutate({ documentId, ...invite })).rejects.toMatchObject(
    refused('not-allowed'),
  )
  expect(await carl.http.documents.get.query({ documentId })).toMatchObject({ role: 'viewer' })
})

test('who came by the address knows the owner and what the address gives; members know each other; the owner knows all', async () => {
  const { ann, bob, documentId, bobId } = await shared()
  const carl = await node.visitor()
  await carl.http.documents.get.query({ documentId })
  await ann.http.sharing.setRole.mutate({ documentId, userId: bobId, role: 'editor' })
  await ann.http.sharing.createInvite.mutate({ documentId, role: 'editor', expiresInMs: null })
  const nothing = { visitors: [], shutOut: [], invites: [] }
  const owner = { userId: await userIdOf(ann) }
  expect(await carl.http.sharing.get.query({ documentId })).toMatchObject({
    role: 'editor',
    owner,
    linkRole: 'editor',
    members: [],
    ...nothing,
  })
  expect(await bob.http.sharing.get.query({ documentId })).toMatchObject({ members: [{ userId: bobId }], ...nothing })
  expect(await ann.http.sharing.get.query({ documentId })).toMatchObject({
    role: 'owner',
    members: [{ userId: bobId }],
    visitors: [{ userId: await userIdOf(carl) }],
    invites: [{ role: 'editor' }],
  })
})

test('a document is handed on, and the one who had it stays as an editor', async () => {
  const { ann, bob, documentId, bobId } = await shared()
  await ann.http.sharing.setRole.mutate({ documentId, userId: bobId, role: 'viewer' })
  await ann.http.sharing.handOn.mutate({ documentId, userId: bobId })
  expect(await bob.http.documents.get.query({ documentId })).toMatchObject({ role: 'owner', ownerId: bobId })
  await expect(ann.http.sharing.setLink.mutate({ documentId, role: null })).rejects.toMatchObject(
    refused('not-allowed'),
  )
  expect(await ann.http.documents.get.query({ documentId })).toMatchObject({ role: 'editor' })
})

test('nobody gives or takes what is the owner’s, and nobody who never came can be given anything', async () => {
  const { ann, documentId } = await shared()
  const stranger = await userIdOf(await node.visitor())
  for (const userId of [await userIdOf(ann), stranger]) {
    const badInput = refused('bad-input')
    await expect(ann.http.sharing.setRole.mutate({ documentId, userId, role: 'editor' })).rejects.toMatchObject(
      badInput,
    )
    await expect(ann.http.sharing.remove.mutate({ documentId, userId })).rejects.toMatchObject(badInput)
    await expect(ann.http.sharing.handOn.mutate({ documentId, userId })).rejects.toMatchObject(badInput)
  }
})

test('guesses at invite links are bounded by the address they come from', async () => {
  const strict = await testNode()
  onTestFinished(() => strict.close())
  const eve = await strict.visitor()
  const guess = { documentId: 'document-1' as DocumentId, inviteId: 'A'.repeat(22), secret: 'B'.repeat(22) }
  const answers: unknown[] = []
  for (let tries = 0; tries <= LIMITS.invitesPerMinute; tries += 1)
    answers.push(await eve.http.sharing.acceptInvite.mutate(guess).catch((error: { data: unknown }) => error.data))
  for (const answer of answers.slice(0, -1)) expect(answer).toMatchObject({ httpStatus: 403 })
  expect(answers.at(-1)).toMatchObject({ httpStatus: 429, sync: { code: 'overloaded' } })
})

test('no more sessions come by a document’s address than there are places; members and the owner still come', async () => {
  const small = await testNode({ sessionsPerLink: 2 })
  onTestFinished(() => small.close())
  const [ann, bob, carl, dora] = [
    await small.visitor(),
    await small.visitor(),
    await small.visitor(),
    await small.visitor(),
  ]
  const { documentId } = await ann.http.documents.create.mutate({ title: 'Busy' })
  const [first, second] = [joined(bob, documentId), joined(carl, documentId)]
  await first.frames.until(isWelcome)
  await second.frames.until(isWelcome)
  expect(await joined(dora, documentId).ended).toBe('link-full')
  await joined(ann, documentId).frames.until(isWelcome)
  await dora.http.documents.get.query({ documentId })
  await ann.http.sharing.setRole.mutate({ documentId, userId: await userIdOf(dora), role: 'viewer' })
  await joined(dora, documentId).frames.until(isWelcome)
  const ewan = await small.visitor()
  expect(await joined(ewan, documentId).ended).toBe('link-full')
  first.leave()
  await expect
    .poll(async () => {
      const session = joined(ewan, documentId)
      return Promise.race([session.ended, session.frames.until(isWelcome).then(() => 'in')])
    })
    .toBe('in')
})
