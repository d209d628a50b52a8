import { NodeId, MemoryRelayHub, DocumentId, SyncError, UserId, type Role } from '@tandem/sync'
import { expect, test } from 'vitest'
import { documentTopic, userTopic, type AppEvent } from './events.ts'
import { LiveEvents } from './live-events.ts'
import {
  acceptInvite,
  askForAccess,
  createInvite,
  declineRequest,
  handOn,
  removePerson,
  revokeInvite,
  setLinkRole,
  setRole,
  sharedWith,
} from './sharing.ts'

const DOCUMENT = DocumentId.parse('document-1')
const [ANN, BOB, CARL] = ['user-ann', 'user-bob', 'user-carl'].map((id) => UserId.parse(id)) as [UserId, UserId, UserId]
const person = (userId: UserId) => ({ userId, name: null, isGuest: true })
const INVITE = { inviteId: 'A'.repeat(22), secret: 'B'.repeat(22) }

type Ctx = Parameters<typeof sharedWith>[0]

/** Called by Ann, who knows Bob. What was done, in order, and who was told. */
function context(options: { knows?: boolean; accepted?: boolean; invitesLeft?: boolean; has?: Role } = {}) {
  const done: string[] = []
  const events = new LiveEvents({ node: NodeId.parse('node-one'), relay: new MemoryRelayHub().relay() })
  const told: string[] = []
  const listen = (who: string, topic: ReturnType<typeof userTopic>) =>
    events.listen(topic, { event: ({ name }: AppEvent) => void told.push(`${who} ${name}`) })
  listen('document', documentTopic(DOCUMENT))
  listen('Bob', userTopic(BOB))
  listen('Ann', userTopic(ANN))
  listen('Carl', userTopic(CARL))
  const note = (what: string) => async (): Promise<void> => void done.push(what)
  const ctx = {
    role: 'owner',
    user: { userId: ANN, name: 'Ann', isGuest: true },
    events,
    access: { rolesOf: async () => ({ accessVersion: 1, roles: new Map(options.has && [[BOB, options.has]]) }) },
    rooms: { accessChanged: () => void done.push('rooms') },
    allowance: {
      takeInvite: async () => {
        if (options.invitesLeft === false) throw new SyncError('overloaded', 'too many')
      },
    },
    sharing: {
      read: async () => ({
        owner: person(ANN),
        linkRole: 'viewer',
        members: [{ ...person(BOB), role: 'editor' }],
        visitors: [person(CARL)],
        shutOut: [],
        requests: [{ ...person(CARL), role: 'editor', at: 1 }],
        invites: [{ inviteId: INVITE.inviteId }],
      }),
      ownerOf: async () => ANN,
      knows: async () => options.knows ?? true,
      setRole: note('setRole'),
      shutOut: note('shutOut'),
      setLinkRole: note('setLinkRole'),
      handOn: note('handOn'),
      invites: {
        create: async () => INVITE,
        revoke: note('revoke'),
        accept: async () => options.accepted ?? true,
      },
      requests: {
        ask: async (_: DocumentId, userId: UserId, role: string) => void done.push(`${userId} asks for ${role}`),
        end: async (_: DocumentId, userId: UserId) => void done.push(`${userId} asks no more`),
      },
    },
  } as unknown as Ctx
  return { ctx, done, told }
}

test('the owner knows all, a member the members, and who came by the address only whose it is', async () => {
  const { ctx } = context()
  expect(await sharedWith(ctx, DOCUMENT)).toMatchObject({
    role: 'owner',
    members: [{}],
    visitors: [{}],
    requests: [{}],
    invites: [{}],
  })
  const as = (userId: UserId) => sharedWith({ ...ctx, role: 'editor', user: { ...ctx.user, userId } }, DOCUMENT)
  const hidden = { visitors: [], shutOut: [], requests: [], invites: [] }
  expect(await as(BOB)).toMatchObject({
    owner: { userId: ANN },
    linkRole: 'viewer',
    members: [{ userId: BOB }],
    ...hidden,
  })
  expect(await as(CARL)).toMatchObject({ owner: { userId: ANN }, linkRole: 'viewer', members: [], ...hidden })
})

test.each([
  ['setRole', (ctx: Ctx) => setRole(ctx, { documentId: DOCUMENT, userId: BOB, role: 'viewer' })],
  ['shutOut', (ctx: Ctx) => removePerson(ctx, { documentId: DOCUMENT, userId: BOB })],
  ['handOn', (ctx: Ctx) => handOn(ctx, { documentId: DOCUMENT, userId: BOB })],
] as const)('%s: the table first, then the rooms, then those who show it and the person', async (what, change) => {
  const { ctx, done, told } = context()
  await change(ctx)
  expect(done).toEqual([what, 'rooms'])
  expect(told).toEqual(['document documentAccessChanged', 'Bob documentAccessChanged'])
})

test('general access is told to those who have the document, and to those who ask for it', async () => {
  const { ctx, done, told } = context()
  await setLinkRole(ctx, { documentId: DOCUMENT, role: null })
  expect(done).toEqual(['setLinkRole', 'rooms'])
  expect(told).toEqual(['document documentAccessChanged', 'Carl documentAccessChanged']) // who asked may be in by that
})

test('an invite link changes nobody’s access when it is made or revoked, but the list of links', async () => {
  const { ctx, done, told } = context()
  expect(await createInvite(ctx, { documentId: DOCUMENT, role: 'editor', expiresInMs: null })).toEqual(INVITE)
  await revokeInvite(ctx, { documentId: DOCUMENT, inviteId: INVITE.inviteId })
  expect(done).toEqual(['revoke'])
  expect(told).toEqual(['document documentAccessChanged', 'document documentAccessChanged'])
})

test('an invite that gave something is told of, one that gave nothing is not; tries are counted before they are looked at', async () => {
  const gave = context()
  await acceptInvite(gave.ctx, { documentId: DOCUMENT, ...INVITE })
  expect([gave.done, gave.told]).toEqual([['rooms'], ['document documentAccessChanged', 'Ann documentAccessChanged']])
  const nothing = context({ accepted: false })
  await acceptInvite(nothing.ctx, { documentId: DOCUMENT, ...INVITE })
  expect([nothing.done, nothing.told]).toEqual([[], []])
  const late = context({ invitesLeft: false })
  await expect(acceptInvite(late.ctx, { documentId: DOCUMENT, ...INVITE })).rejects.toMatchObject({
    code: 'overloaded',
  })
  expect(late.done).toEqual([])
})

test('nothing is given to oneself, or to somebody who never came', async () => {
  for (const [ctx, userId] of [
    [context().ctx, ANN],
    [context({ knows: false }).ctx, BOB],
  ] as const)
    await expect(setRole(ctx, { documentId: DOCUMENT, userId, role: 'viewer' })).rejects.toMatchObject({
      code: 'bad-input',
    })
})

test('a request for access is told to the owner and to who asks, and to nobody else; tries are counted before they are looked at', async () => {
  const asks = context()
  const bob = { ...asks.ctx, user: { userId: BOB, name: 'Bob', isGuest: true } }
  await askForAccess(bob, { documentId: DOCUMENT, role: 'editor' })
  await askForAccess(bob, { documentId: DOCUMENT, role: null })
  await declineRequest(asks.ctx, { documentId: DOCUMENT, userId: BOB })
  expect(asks.done).toEqual(['user-bob asks for editor', 'user-bob asks no more', 'user-bob asks no more'])
  expect(asks.told.toSorted()).toEqual([
    ...Array(3).fill('Ann accessRequested'),
    ...Array(3).fill('Bob accessRequested'),
  ])
  const late = context({ invitesLeft: false })
  await expect(askForAccess(late.ctx, { documentId: DOCUMENT, role: 'editor' })).rejects.toMatchObject({
    code: 'overloaded',
  })
  expect(late.done).toEqual([])
})

test.each<[Role, 'viewer' | 'editor', boolean]>([
  ['viewer', 'viewer', false],
  ['viewer', 'editor', true],
  ['commenter', 'editor', true],
  ['editor', 'editor', false],
  ['owner', 'editor', false],
])('with the role %s one asks for %s: %s', async (has, role, isAsked) => {
  const { ctx, done, told } = context({ has })
  await askForAccess({ ...ctx, user: { ...ctx.user, userId: BOB } }, { documentId: DOCUMENT, role })
  expect([done, told.length]).toEqual(isAsked ? [[`user-bob asks for ${role}`], 2] : [[], 0])
})
