import { once } from 'node:events'
import { createServer } from 'node:net'
import type { MemoryDisk, SyncError } from '@tandem/sync'
import { afterEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { firstEpoch, RoomNode, testDocument } from '../test/room-node.ts'
import { createClient, type ClientOptions, type TandemClient } from './client.ts'
import type { DocumentHandle } from './document-handle.ts'

const open = { nodes: new Set<RoomNode>(), clients: new Set<TandemClient>() }

afterEach(async () => {
  await Promise.all([...open.clients].map((client) => client.close()))
  await Promise.all([...open.nodes].map((node) => node.kill()))
  open.clients.clear()
  open.nodes.clear()
})

async function startNode(options: Parameters<typeof RoomNode.start>[0] = {}): Promise<RoomNode> {
  const node = await RoomNode.start(options)
  open.nodes.add(node)
  if (options.disk === undefined || options.disk.size === 0)
    node.log.createDocument(testDocument, { epoch: firstEpoch })
  return node
}

async function kill(node: RoomNode): Promise<void> {
  open.nodes.delete(node)
  await node.kill()
}

function clientOf(node: RoomNode, options: Partial<ClientOptions> = {}): TandemClient {
  const client = createClient({ url: node.url, token: 'ann', schemaVersion: 1, ...options })
  open.clients.add(client)
  return client
}

const textOf = ({ doc }: DocumentHandle) => doc.getText('body')

function type(handle: DocumentHandle, text: string): void {
  textOf(handle).insert(textOf(handle).length, text)
}

/** Resolves when this is so of what the handle shows or of its text. */
async function until(handle: DocumentHandle, isSo: () => boolean): Promise<void> {
  const reached = Promise.withResolvers<void>()
  const look = () => isSo() && reached.resolve()
  const stops = [handle.subscribe(look), handle.subscribePeople(look)]
  const { doc, presence } = handle
  doc.on('update', look)
  presence.on('change', look)
  look()
  await reached.promise
  doc.off('update', look)
  presence.off('change', look)
  for (const stop of stops) stop()
}

async function refusalOf(promise: Promise<unknown>): Promise<SyncError> {
  return promise.then(
    () => expect.unreachable('It was not refused.'),
    (error: SyncError) => error,
  )
}

describe('two clients on one document', () => {
  test('converge while both type', async () => {
    const node = await startNode()
    const [ann, bob] = [clientOf(node).document(testDocument), clientOf(node, { token: 'bob' }).document(testDocument)]
    await Promise.all([ann.whenOpen(), bob.whenOpen()])
    for (let word = 0; word < 50; word++) {
      type(ann, `a${word} `)
      type(bob, `b${word} `)
      if (word % 10 === 0) await ann.whenSaved()
    }
    await Promise.all([ann.whenSaved(), bob.whenSaved()])
    const words = () => textOf(ann).toJSON().trim().split(' ').length
    // One after the other: what is at hers is no event at his.
    await until(ann, () => words() === 100)
    await until(bob, () => textOf(bob).length === textOf(ann).length)
    expect(textOf(bob).toJSON()).toBe(textOf(ann).toJSON())
  })

  test('saved means in the log', async () => {
    const node = await startNode()
    const handle = clientOf(node).document(testDocument)
    await handle.whenOpen()
    type(handle, 'kept')
    expect(handle.getSnapshot()).toMatchObject({ status: 'open', saving: 'saving' })
    await handle.whenSaved()
    const slice = await node.log.read(testDocument, undefined, 1e6)
    const doc = new Y.Doc()
    for (const { update } of slice?.rows ?? []) Y.applyUpdate(doc, update)
    expect(doc.getText('body').toJSON()).toBe('kept')
  })

  test('what is typed before the document has arrived is not lost', async () => {
    const node = await startNode()
    const handle = clientOf(node).document(testDocument)
    type(handle, 'early')
    await handle.whenSaved()
    const other = clientOf(node, { token: 'bob' }).document(testDocument)
    await other.whenOpen()
    expect(textOf(other).toJSON()).toBe('early')
  })

  test('see each other, and each other’s carets, until one leaves', async () => {
    const node = await startNode()
    const bobsClient = clientOf(node, { token: 'bob' })
    const [ann, bob] = [clientOf(node).document(testDocument), bobsClient.document(testDocument)]
    type(ann, 'hello')
    await Promise.all([ann.whenSaved(), bob.whenOpen()])
    await until(bob, () => textOf(bob).length === 5)
    await until(ann, () => ann.getPeople().length === 2)
    expect(
      ann
        .getPeople()
        .map(({ name, isSelf }) => `${name} ${isSelf}`)
        .toSorted(),
    ).toEqual(['ann true', 'bob false'])
    const people = ann.getPeople()
    const anchor = Y.createRelativePositionFromTypeIndex(textOf(bob), 3)
    bob.presence.setLocalStateField('cursor', { anchor, head: anchor })
    const caretOfBob = () =>
      [...ann.presence.states.values()].find(({ user }) => user?.name === 'bob')?.cursor as
        | { anchor: unknown }
        | undefined
    await until(ann, () => caretOfBob() != null)
    const position = Y.createAbsolutePositionFromRelativePosition(
      Y.createRelativePositionFromJSON(caretOfBob()?.anchor),
      ann.doc,
    )
    expect(position?.index).toBe(3)
    expect(ann.getPeople()).toBe(people)
    await bobsClient.close()
    await until(ann, () => ann.getPeople().length === 1)
    expect([...ann.presence.states.keys()]).toEqual([ann.doc.clientID])
  })
})

describe('a handle', () => {
  test('does no IO before it is opened', async () => {
    const node = await startNode()
    const client = clientOf(node)
    const handle = client.document(testDocument)
    expect(client.document(testDocument)).toBe(handle)
    expect(handle.getSnapshot()).toMatchObject({ status: 'loading' })
    await client.api.me.get.query()
    expect(node.upgrades).toEqual([])
  })

  test('opened, closed and opened in one turn (StrictMode) is one socket', async () => {
    const node = await startNode()
    const handle = clientOf(node).document(testDocument)
    const close = handle.open()
    close()
    close()
    handle.open()
    await handle.whenOpen()
    expect(node.upgrades).toEqual([`/live?d=${testDocument}&connectionParams=1`])
  })

  test('its snapshot is the same object until something changes', async () => {
    const node = await startNode()
    const handle = clientOf(node).document(testDocument)
    await handle.whenOpen()
    await until(
      handle,
      () =>
        handle.getSnapshot().status === 'open' &&
        (handle.getSnapshot() as { connection: string }).connection === 'live',
    )
    const before = handle.getSnapshot()
    expect(before).toMatchObject({
      status: 'open',
      connection: 'live',
      saving: 'saved',
      keeping: 'nowhere',
      role: 'editor',
      readOnly: false,
      unsentCount: 0,
      progress: 1,
    })
    await handle.whenSaved()
    expect(handle.getSnapshot()).toBe(before)
    type(handle, 'x')
    expect(handle.getSnapshot()).not.toBe(before)
  })

  test('waiting for a document that is closed meanwhile ends', async () => {
    const silent = createServer().listen(0)
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const client = createClient({ url: `http://localhost:${port}`, token: 'ann', schemaVersion: 1 })
    const refused = refusalOf(client.document(testDocument).whenOpen())
    await client.close()
    expect(await refused).toMatchObject({ code: 'socket-closed' })
    silent.close()
  })
})

describe('lost and found', () => {
  test('a lost socket is replaced; what was typed meanwhile is sent, what was missed arrives', async () => {
    const node = await startNode()
    const [ann, bob] = [clientOf(node).document(testDocument), clientOf(node, { token: 'bob' }).document(testDocument)]
    await Promise.all([ann.whenOpen(), bob.whenOpen()])
    type(ann, 'one ')
    node.cut()
    type(ann, 'two ')
    type(bob, 'three ')
    await Promise.all([ann.whenSaved(), bob.whenSaved()])
    await Promise.all([ann, bob].map((handle) => until(handle, () => textOf(handle).length === 14)))
    expect(textOf(bob).toJSON()).toBe(textOf(ann).toJSON())
  })

  test('a killed node: the page says so, keeps the text, and goes on when a node is back', async () => {
    const disk: MemoryDisk = new Map()
    const node = await startNode({ disk })
    const handle = clientOf(node).document(testDocument)
    await handle.whenOpen()
    type(handle, 'before ')
    await handle.whenSaved()
    await kill(node)
    type(handle, 'meanwhile')
    await until(handle, () => (handle.getSnapshot() as { connection?: string }).connection === 'offline')
    expect(handle.getSnapshot()).toMatchObject({ status: 'open', saving: 'unsaved', unsentCount: 1 })
    await startNode({ disk, port: node.port })
    await handle.whenSaved()
    expect(handle.getSnapshot()).toMatchObject({ connection: 'live' })
    const other = clientOf(node, { token: 'bob' }).document(testDocument)
    await other.whenOpen()
    expect(textOf(other).toJSON()).toBe('before meanwhile')
  })

  test('a document closed and opened again in one client keeps what was unsent', async () => {
    const disk: MemoryDisk = new Map()
    const node = await startNode({ disk })
    const handle = clientOf(node).document(testDocument)
    await handle.whenOpen()
    await kill(node)
    type(handle, 'unsent')
    const doc = handle.doc
    await handle.shutDown()
    expect(handle.doc).not.toBe(doc)
    await startNode({ disk, port: node.port })
    await handle.whenSaved()
    expect(textOf(handle).toJSON()).toBe('unsent')
  })

  test('a document that is left with unsent work stays open until it is saved', async () => {
    const disk: MemoryDisk = new Map()
    const node = await startNode({ disk })
    const handle = clientOf(node).document(testDocument)
    const close = handle.open()
    await until(handle, () => handle.getSnapshot().status === 'open')
    await kill(node)
    type(handle, 'unsent')
    close()
    const { doc } = handle
    await new Promise((resolve) => setTimeout(resolve, 1_500)) // longer than it lingers
    expect(handle.doc).toBe(doc)
    const next = await startNode({ disk, port: node.port })
    const other = clientOf(next, { token: 'bob' }).document(testDocument)
    await other.whenOpen()
    await until(other, () => textOf(other).toJSON() === 'unsent')
    while (handle.doc === doc) await new Promise((resolve) => setTimeout(resolve, 20)) // and then leaves
    expect(handle.getSnapshot().status).toBe('loading')
  })

  test('what was left is sent by the next page, and by none that is closed', async () => {
    const disk: MemoryDisk = new Map()
    const node = await startNode({ disk })
    const leave = async (client: TandemClient): Promise<void> => {
      const handle = client.document(testDocument)
      await handle.whenOpen()
      await kill(node)
      type(handle, 'left')
      await handle.shutDown()
    }
    const client = clientOf(node)
    await leave(client)
    const next = await startNode({ disk, port: node.port })
    await client.sendLeftWork()
    await client.sendLeftWork() // nothing is left
    const other = clientOf(next, { token: 'bob' }).document(testDocument)
    await other.whenOpen()
    expect(textOf(other).toJSON()).toBe('left')

    const closed = clientOf(next)
    const handle = closed.document(testDocument)
    await handle.whenOpen()
    await kill(next)
    type(handle, ' again')
    await handle.shutDown()
    const last = await startNode({ disk, port: node.port })
    const sending = closed.sendLeftWork()
    await closed.close()
    await sending
    expect(last.upgrades).toHaveLength(0)
  })

  test('a node that drains is left for the next', async () => {
    const node = await startNode()
    const handle = clientOf(node).document(testDocument)
    await handle.whenOpen()
    node.closeAll(1012, 'This node restarts.')
    type(handle, 'still here')
    await handle.whenSaved()
    expect(node.upgrades).toHaveLength(2)
  })
})

describe('refused', () => {
  test('a socket without a valid token: failed, and not tried again', async () => {
    const node = await startNode()
    const handle = clientOf(node, { token: 'expired' }).document(testDocument)
    expect(await refusalOf(handle.whenOpen())).toMatchObject({ code: 'not-signed-in' })
    expect(handle.getSnapshot()).toMatchObject({ status: 'failed', error: { code: 'not-signed-in', then: 'reload' } })
    expect(node.upgrades).toHaveLength(1)
  })

  test('a document that is not there', async () => {
    const node = await startNode()
    expect(await refusalOf(clientOf(node).document('no-such-document').whenOpen())).toMatchObject({
      code: 'unknown-document',
    })
  })

  test('a document deleted while we were away: unsent work becomes a copy', async () => {
    const node = await startNode()
    const client = clientOf(node)
    const handle = client.document(testDocument)
    await handle.whenOpen()
    type(handle, 'first life ')
    await handle.whenSaved()
    await kill(node)
    type(handle, 'unsent')
    const restored = await startNode({ port: node.port })
    restored.log.deleteDocument(testDocument)
    await until(handle, () => 'copy' in handle.getSnapshot())
    const view = handle.getSnapshot()
    expect(view).toMatchObject({ status: 'failed', error: { then: 'give-up' } })
    const copy = (view as { copy?: { whole: Uint8Array } }).copy
    const doc = new Y.Doc()
    Y.applyUpdate(doc, copy?.whole ?? new Uint8Array())
    expect(doc.getText('body').toJSON()).toBe('first life unsent')
    await handle.shutDown()
    const [kept] = await client.copies()
    expect(kept).toMatchObject({ documentId: testDocument, whole: copy?.whole })
    await client.forgetCopy(kept?.id ?? '')
    expect(await client.copies()).toEqual([])
  })

  test('options and ids that cannot work', async () => {
    const options = { schemaVersion: 1 }
    expect(() => createClient({ ...options, url: 'localhost:4000' })).toThrow(/http\(s\) address/)
    expect(() => createClient({ ...options, url: 'not a url' })).toThrow(/http\(s\) address/)
    const client = createClient({ ...options, url: 'http://localhost:1' })
    expect(() => client.document('../etc')).toThrow(/no document id/)
    await client.close()
  })
})

describe('a page with tickets', () => {
  test('brings a new one to every socket, and waits when it is given none, or one that was used', async () => {
    const node = await startNode()
    const given = ['used', 'first', Error('503'), 'second']
    for (const ticket of ['first', 'second', 'events']) node.tickets.set(ticket, 'ann')
    const ticket = async (): Promise<string> => {
      const next = given.shift()
      if (typeof next === 'string') return next
      throw next ?? new Error('Nobody asked for more.')
    }
    const client = createClient({ url: node.url, schemaVersion: 1, ticket })
    open.clients.add(client)
    const handle = client.document(testDocument)
    await handle.whenOpen()
    type(handle, 'one ')
    await handle.whenSaved()
    expect(given).toHaveLength(2)
    node.cut()
    type(handle, 'two')
    await handle.whenSaved()
    expect([given, [...node.tickets.keys()]]).toEqual([[], ['events']])
    expect(node.upgrades).toEqual([`/live?d=${testDocument}`, `/live?d=${testDocument}`])
    given.push('events')
    const heard = Promise.withResolvers<void>()
    client.api.documents.changes.subscribe(undefined, { onData: () => heard.resolve() })
    await heard.promise
    expect(node.seen.names).toEqual(['ann'])
  })
})

describe('client.api', () => {
  test('calls go over HTTP with the token and our header, batched', async () => {
    const node = await startNode()
    const { api } = clientOf(node)
    const [one, two] = await Promise.all([api.me.get.query(), api.me.get.query()])
    expect([one, two]).toEqual([one, one])
    expect(node.headers).toHaveLength(1)
    expect(node.headers[0]).toMatchObject({ 'x-tandem': '1', authorization: 'Bearer ann' })
  })

  test('a subscription outlives its socket, and its listener hears that it started anew', async () => {
    const node = await startNode()
    const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let starts = 0
    const subscription = clientOf(node).api.documents.changes.subscribe(undefined, {
      onData: () => started[starts++]?.resolve(),
    })
    await started[0]?.promise
    node.cut()
    await started[1]?.promise
    expect(node.seen.names).toEqual(['ann', 'ann'])
    expect(node.upgrades).toEqual(['/live?connectionParams=1', '/live?connectionParams=1'])
    subscription.unsubscribe()
  })

  test('a subscription that is refused says why', async () => {
    const node = await startNode()
    const refused = Promise.withResolvers<unknown>()
    clientOf(node, { token: 'expired' }).api.documents.changes.subscribe(undefined, {
      onError: (error) => refused.resolve(error.cause),
    })
    expect(await refused.promise).toMatchObject({ code: 'not-signed-in' })
  })
})
