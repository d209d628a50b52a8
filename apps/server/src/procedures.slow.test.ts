import { SCHEMA_VERSION } from '@tandem/schema/version'
import { DocumentId, Epoch, PROTOCOL_VERSION, ReplicaId, type Frame } from '@tandem/sync'
import * as Y from 'yjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Heard, testNode, type TestNode } from '../test/node-fixture.ts'

let node: TestNode
beforeAll(async () => {
  node = await testNode()
})
afterAll(() => node.close())

const UNKNOWN = DocumentId.parse('no-such-document')

function typed(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('body').insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}

describe('documents', () => {
  test('a new document is in its maker’s list, with what it is called', async () => {
    const ann = await node.visitor()
    const made = await ann.http.documents.create.mutate({ title: 'Plans' })
    expect(await ann.http.documents.list.query()).toMatchObject([
      { documentId: made.documentId, title: 'Plans', role: 'owner' },
    ])
  })

  test('whoever opens it by its link has it in their list too, and can edit', async () => {
    const [ann, bob] = [await node.visitor(), await node.visitor()]
    const { documentId } = await ann.http.documents.create.mutate({ title: 'Shared' })
    expect(await bob.http.documents.list.query()).toEqual([])
    expect(await bob.http.documents.get.query({ documentId })).toMatchObject({ title: 'Shared', role: 'editor' })
    expect(await bob.http.documents.list.query()).toMatchObject([{ documentId }])
  })

  test('a rename is heard by everybody who has the document in their list, and by nobody else', async () => {
    const [ann, bob, eve] = [await node.visitor(), await node.visitor(), await node.visitor()]
    const { documentId } = await ann.http.documents.create.mutate({ title: 'Before' })
    await bob.http.documents.get.query({ documentId })
    const [heardByBob, heardByEve] = [new Heard<{ name: string }>(), new Heard<{ name: string }>()]
    bob.live.documents.changes.subscribe(undefined, { onData: heardByBob.add })
    eve.live.documents.changes.subscribe(undefined, { onData: heardByEve.add })
    await Promise.all([
      heardByBob.until(({ name }) => name === 'resync'),
      heardByEve.until(({ name }) => name === 'resync'),
    ])

    await ann.live.documents.rename.mutate({ documentId, title: 'After' })
    expect(await heardByBob.until(({ name }) => name === 'documentRenamed')).toEqual({
      name: 'documentRenamed',
      data: { documentId, title: 'After' },
    })
    await eve.http.documents.create.mutate({ title: 'own' })
    await heardByEve.until(({ name }) => name === 'documentCreated')
    expect(heardByEve.items.map(({ name }) => name)).toEqual(['resync', 'documentCreated'])
  })

  test('what somebody opens while they are listening is listened to from then on', async () => {
    const [ann, bob] = [await node.visitor(), await node.visitor()]
    const heard = new Heard<{ name: string }>()
    bob.live.documents.changes.subscribe(undefined, { onData: heard.add })
    await heard.until(({ name }) => name === 'resync')
    const { documentId } = await ann.http.documents.create.mutate({ title: 'Late' })
    await bob.http.documents.get.query({ documentId })
    await heard.until(({ name }) => name === 'documentVisited')
    await ann.http.documents.rename.mutate({ documentId, title: 'Later' })
    await heard.until(({ name }) => name === 'documentRenamed')
  })

  test('a deleted document is gone for everybody, and its list entries with it', async () => {
    const [ann, bob] = [await node.visitor(), await node.visitor()]
    const { documentId } = await ann.http.documents.create.mutate({ title: 'Gone soon' })
    await bob.http.documents.get.query({ documentId })
    await ann.http.documents.delete.mutate({ documentId })
    expect(await bob.http.documents.list.query()).toEqual([])
    await expect(bob.http.documents.rename.mutate({ documentId, title: 'x' })).rejects.toMatchObject({
      data: { sync: { code: 'unknown-document' } },
    })
  })

  test(
    'a Markdown file becomes a document, over HTTP as base64 and over the socket as bytes',
    { timeout: 30_000 },
    async () => {
      const ann = await node.visitor()
      const markdown = new TextEncoder().encode('# Trip\n\n- [x] pack\n- [ ] go\n')
      const [one, two] = [
        await ann.http.documents.import.mutate({ markdown: Buffer.from(markdown).toString('base64') }),
        await ann.live.documents.import.mutate({ markdown }),
      ]
      expect([one.title, two.title]).toEqual(['Trip', 'Trip'])
      const frames = new Heard<Frame>()
      ann.live.document.join.subscribe(join(one.documentId), {
        onData: (frame) => frames.add(frame as unknown as Frame),
      })
      await frames.until((frame) => frame.type === 'welcome' && frame.head === 1)
    },
  )

  test('a file that is not UTF-8, or no base64, is refused and leaves no document', { timeout: 30_000 }, async () => {
    const ann = await node.visitor()
    const refused = { data: { sync: { code: 'bad-input' }, httpStatus: 400 } }
    await expect(ann.live.documents.import.mutate({ markdown: Uint8Array.of(0xc3, 0x28) })).rejects.toMatchObject(
      refused,
    )
    await expect(ann.http.documents.import.mutate({ markdown: 'not base64!' })).rejects.toMatchObject(refused)
    expect(await ann.http.documents.list.query()).toEqual([])
  })
})

describe('one document, live', () => {
  test('what one person pushes, another is shown; both over their own sockets', async () => {
    const [ann, bob] = [await node.visitor(), await node.visitor()]
    const { documentId } = await ann.http.documents.create.mutate({})
    const frames = new Heard<Frame>()
    bob.live.document.join.subscribe(join(documentId), { onData: (frame) => frames.add(frame as unknown as Frame) })
    const welcome = await frames.until(({ type }) => type === 'welcome')
    if (welcome.type !== 'welcome') throw new Error('unreachable')
    const update = typed('hello')
    await expect(
      ann.live.document.push.mutate({
        documentId,
        epoch: welcome.epoch,
        replicaId: ReplicaId.parse('replica-ann'),
        pushId: 1,
        update,
        schemaVersion: SCHEMA_VERSION,
      }),
    ).resolves.toEqual({ seq: 1, heldMs: expect.any(Number) as number })
    const changes = await frames.until((frame) => frame.type === 'changes' && frame.updates.length > 0)
    if (changes.type !== 'changes') throw new Error('unreachable')
    expect(changes).toMatchObject({ fromSeq: 1, head: 1 })
    expect(changes.updates[0]).toBeInstanceOf(Uint8Array)
  })

  test('a push to an unknown document says so', async () => {
    const ann = await node.visitor()
    const push = {
      documentId: UNKNOWN,
      epoch: Epoch.parse('some-epoch'),
      replicaId: ReplicaId.parse('replica-ann'),
      pushId: 1,
      update: typed('x'),
      schemaVersion: SCHEMA_VERSION,
    }
    await expect(ann.live.document.push.mutate(push)).rejects.toMatchObject({
      data: { sync: { code: 'unknown-document' } },
    })
  })
})

describe('errors', () => {
  test('a title of 10 MB is refused by the limit’s name, and never quoted', async () => {
    const ann = await node.visitor()
    const title = 'x'.repeat(10_000_000)
    const error = await ann.http.documents.create.mutate({ title }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      data: { sync: { code: 'bad-input' } },
      message: expect.stringContaining('LIMITS.titleLength'),
    })
    expect(JSON.stringify(error).length).toBeLessThan(2_000)
  })

  test('an unknown procedure asks for a reload and does not repeat its name', async () => {
    const response = await fetch(`${node.url}/trpc/constructor`)
    expect(response.status).toBe(412)
    const body = await response.text()
    expect(JSON.parse(body)).toMatchObject({ error: { data: { sync: { code: 'client-too-old' } } } })
    expect(body).not.toContain('constructor')
  })

  test('an unknown key is refused: schemas are strict', async () => {
    const ann = await node.visitor()
    const input = { title: 'x', isAdmin: true }
    await expect(ann.http.documents.create.mutate(input)).rejects.toMatchObject({
      data: { sync: { code: 'bad-input' } },
    })
  })

  test('without a login every procedure but me.get says so', async () => {
    const response = await fetch(`${node.url}/trpc/documents.list`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { data: { sync: { code: 'not-signed-in' } } } })
    expect(await (await fetch(`${node.url}/trpc/me.get`)).json()).toEqual({ result: { data: null } })
  })

  test('a mutation from another site, or without our header, is refused', async () => {
    const { cookie } = await node.visitor()
    const create = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${node.url}/trpc/documents.create`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: '{}',
      })
    expect((await create({ 'x-tandem': '1', origin: 'https://evil.example' })).status).toBe(403)
    expect((await create({ 'x-tandem': '1', origin: 'null' })).status).toBe(403)
    expect((await create({ 'x-tandem': '1', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await create({})).status).toBe(403)
    expect((await create({ 'x-tandem': '1', origin: node.url })).status).toBe(200)
  })
})

function join(documentId: DocumentId) {
  return {
    documentId,
    replicaId: ReplicaId.parse('replica-reader'),
    protocolVersion: PROTOCOL_VERSION,
    schemaVersion: SCHEMA_VERSION,
  }
}
