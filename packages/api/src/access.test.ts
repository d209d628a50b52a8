import {
  Epoch,
  MemoryLog,
  MemoryRelayHub,
  NodeId,
  PROTOCOL_VERSION,
  Rooms,
  SyncError,
  UserId,
  DocumentId,
  type ComparedContent,
  type Join,
  type Role,
} from '@tandem/sync'
import { TRPCError } from '@trpc/server'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Context } from './context.ts'
import { toSyncError } from './error-shape.ts'
import { LiveEvents } from './live-events.ts'
import { createCallerFactory } from './procedures.ts'
import { appRouter } from './router.ts'

/**
 * Who may call what. A procedure without a row here fails the first test: decide it, write it down, and the second
 * test calls it as everybody.
 */
const ROWS: Record<string, { who: 'anyone' | 'user' | Role; input?: unknown }> = {
  'me.get': { who: 'anyone' },
  'me.rename': { who: 'user', input: { name: 'Ann' } },
  'me.ticket': { who: 'user' },
  'documents.list': { who: 'user' },
  'documents.create': { who: 'user', input: { title: 'x' } },
  'documents.import': { who: 'user', input: { markdown: 'IyBI' } },
  'documents.changes': { who: 'user' },
  'documents.get': { who: 'viewer', input: { documentId: 'document-1' } },
  'documents.rename': { who: 'editor', input: { documentId: 'document-1', title: 'x' } },
  'documents.setStar': { who: 'viewer', input: { documentId: 'document-1', isStarred: true } },
  'documents.setListed': { who: 'viewer', input: { documentId: 'document-1', isListed: false } },
  'documents.delete': { who: 'owner', input: { documentId: 'document-1' } },
  'sharing.get': { who: 'viewer', input: { documentId: 'document-1' } },
  'sharing.setRole': { who: 'owner', input: { documentId: 'document-1', userId: 'user-other', role: 'viewer' } },
  'sharing.remove': { who: 'owner', input: { documentId: 'document-1', userId: 'user-other' } },
  'sharing.setLink': { who: 'owner', input: { documentId: 'document-1', role: null } },
  'sharing.handOn': { who: 'owner', input: { documentId: 'document-1', userId: 'user-other' } },
  'sharing.createInvite': { who: 'owner', input: { documentId: 'document-1', role: 'editor', expiresInMs: null } },
  'sharing.revokeInvite': { who: 'owner', input: { documentId: 'document-1', inviteId: 'A'.repeat(22) } },
  'sharing.ask': { who: 'user', input: { documentId: 'document-1', role: 'editor' } },
  'sharing.ownRequest': { who: 'user', input: { documentId: 'document-1' } },
  'sharing.decline': { who: 'owner', input: { documentId: 'document-1', userId: 'user-other' } },
  'sharing.acceptInvite': {
    who: 'user',
    input: { documentId: 'document-1', inviteId: 'A'.repeat(22), secret: 'B'.repeat(22) },
  },
  'document.join': {
    who: 'viewer',
    input: { documentId: 'document-1', replicaId: 'replica-1', protocolVersion: PROTOCOL_VERSION, schemaVersion: 1 },
  },
  'document.push': {
    who: 'editor',
    input: {
      documentId: 'document-1',
      epoch: 'epoch-one',
      replicaId: 'replica-1',
      pushId: 1,
      update: anUpdate(),
      schemaVersion: 1,
    },
  },
  'document.compare': {
    who: 'viewer',
    input: { documentId: 'document-1', epoch: 'epoch-one', seq: 0, digest: '0'.repeat(64) },
  },
  'document.presence': { who: 'viewer', input: { documentId: 'document-1', sessionId: 'session-1', caret: null } },
}

const CALLERS = ['nobody', 'stranger', 'viewer', 'commenter', 'editor', 'owner'] as const
type Caller = (typeof CALLERS)[number]
const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { meta?: { who: string; decidedBy?: string } } }
>

test('every procedure has a row, every row a procedure, and both say the same', () => {
  const declared = Object.fromEntries(Object.entries(procedures).map(([path, { _def }]) => [path, _def.meta?.who]))
  expect(declared).toEqual(Object.fromEntries(Object.entries(ROWS).map(([path, { who }]) => [path, who])))
})

describe.each(Object.keys(ROWS))('%s', (path) => {
  test.each(CALLERS)('called by %s', async (caller) => {
    const row = ROWS[path]
    if (row === undefined) throw new Error('unreachable')
    const refusal = await refusalOf(caller, path, row.input)
    expect(refusal).toBe(expectedRefusal(caller, path, row.who))
  })
})

function expectedRefusal(caller: Caller, path: string, who: string): string | undefined {
  if (who === 'anyone') return undefined
  if (caller === 'nobody') return 'not-signed-in'
  if (who === 'user') return undefined
  // Presence is bound to a session, which only a join as the same user can have made: nobody here has one.
  if (path === 'document.presence') return 'not-joined'
  return CALLERS.indexOf(caller) >= CALLERS.indexOf(who as Caller) ? undefined : 'not-allowed'
}

async function refusalOf(caller: Caller, path: string, input: unknown): Promise<string | undefined> {
  const call = path
    .split('.')
    .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], createCaller(await contextOf(caller)))
  try {
    const result: unknown = await (call as (input: unknown) => Promise<unknown>)(input)
    if (isIterator(result)) {
      await result.next()
      await result.return()
    }
    return undefined
  } catch (error) {
    const known = error instanceof SyncError ? error : error instanceof TRPCError ? toSyncError(error) : undefined
    if (known === undefined) throw error
    return known.code
  }
}

const createCaller = createCallerFactory(appRouter)

async function contextOf(caller: Caller): Promise<Context> {
  const clock = { now: () => 1, after: () => () => undefined }
  const documentId = DocumentId.parse('document-1')
  const log = new MemoryLog(clock)
  log.createDocument(documentId, { epoch: Epoch.parse('epoch-one'), owner: userId('owner'), linkRole: undefined })
  for (const role of ['viewer', 'commenter', 'editor'] as const) log.setRole(documentId, userId(role), role)
  const node = NodeId.parse('node-one')
  const relay = new MemoryRelayHub().relay()
  let ids = 0
  const rooms = new Rooms({
    node,
    log,
    relay,
    access: log,
    clock,
    chance: { id: () => `random-id-${(ids += 1)}`, fraction: () => 0 },
    compactor: { request: async () => undefined },
    meter: { count: () => undefined, observe: () => undefined },
  })
  const summary = {
    id: documentId,
    title: 'x',
    ownerId: userId('owner'),
    ownerName: null,
    role: 'viewer' as const,
    createdAt: 1,
    updatedAt: 1,
    editedAt: null,
    schemaVersion: 1,
    isStarred: false,
    requests: 0,
  }
  return {
    user: caller === 'nobody' ? undefined : { userId: userId(caller), name: caller, isGuest: false },
    loginId: caller === 'nobody' ? undefined : `login-${caller}`,
    tickets: { issue: async () => ({ ticket: 'x', validMs: 1 }) },
    rooms: Object.assign(rooms, { edit: async () => ({ seq: 1 }) }),
    access: log,
    documents: {
      list: async () => ({ documents: [], nextCursor: undefined }),
      get: async () => summary,
      create: async () => summary,
      beginImport: async () => summary.id,
      finishImport: async () => summary,
      rename: async () => 'x',
      recordVisit: async () => undefined,
      setStar: async () => undefined,
      setListed: async () => undefined,
      delete: async () => undefined,
    },
    sharing: {
      read: async () => ({
        owner: { userId: userId('owner'), name: null, isGuest: true },
        linkRole: null,
        members: [],
        visitors: [],
        shutOut: [],
        requests: [],
        invites: [],
      }),
      ownerOf: async () => userId('owner'),
      knows: async () => true,
      setRole: async () => undefined,
      shutOut: async () => undefined,
      setLinkRole: async () => undefined,
      handOn: async () => undefined,
      invites: {
        create: async () => ({ inviteId: 'A'.repeat(22), secret: 'B'.repeat(22) }),
        revoke: async () => undefined,
        accept: async () => true,
      },
      requests: { ask: async () => undefined, find: async () => undefined, end: async () => undefined },
    },
    people: { rename: async () => undefined },
    events: new LiveEvents({ node, relay }),
    contents: { compare: async () => 'same' },
    importer: { convert: async () => ({ updates: [], schemaVersion: 1, title: undefined }) },
    schemaVersion: 1,
    gate: { writable: async () => undefined },
    lane: undefined,
    allowance: {
      take: () => undefined,
      takeOf: () => undefined,
      takeInvite: async () => undefined,
      openSession: () => () => undefined,
    },
    expensive: (_, work) => work(),
  }
}

function userId(name: string): UserId {
  return UserId.parse(`user-${name}`)
}

function anUpdate(): Uint8Array {
  const doc = new Y.Doc()
  doc.getXmlFragment('body').insert(0, [new Y.XmlElement('paragraph')])
  return Y.encodeStateAsUpdate(doc)
}

function isIterator(value: unknown): value is AsyncGenerator<unknown, void, undefined> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

test('who has a document open is known there: comparing asks the table only for others', async () => {
  const ctx = await contextOf('viewer')
  let asked = 0
  const access: Context['access'] = {
    rolesOf: (...of) => {
      asked += 1
      return ctx.access.rolesOf(...of)
    },
  }
  const caller = createCaller({ ...ctx, access })
  const compare = () => caller.document.compare(ROWS['document.compare']?.input as ComparedContent)
  const frames: unknown = await caller.document.join(ROWS['document.join']?.input as Join)
  if (!isIterator(frames)) throw new Error('unreachable')
  await frames.next()
  expect([await compare(), asked]).toEqual(['same', 0])
  await frames.return()
  expect([await compare(), asked]).toEqual(['same', 1])
})
