import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testNode, type TestNode, type Visitor } from '../test/node-fixture.ts'

let node: TestNode
let ann: Visitor
let bob: Visitor
beforeAll(async () => {
  node = await testNode()
  ann = await node.visitor()
  bob = await node.visitor()
})
afterAll(() => node?.close())

/** An upload of Bob's that is under way; `finish` sends the last of it and resolves with the status. */
function begin(documentId: string): { finish(): Promise<number> } {
  const headers = { 'x-tandem': '1', cookie: bob.cookie, 'content-type': 'application/octet-stream' }
  const sent = request(`${node.url}/api/uploads/${documentId}?name=a.txt`, { method: 'POST', headers })
  const status = new Promise<number>((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
  })
  sent.write('the beginning')
  return {
    finish: () => {
      sent.end(', the end')
      return status
    },
  }
}

const files = (): string[] => readdirSync(node.dataDir, { recursive: true, encoding: 'utf8' })
const stored = (): string[] => files().filter((path) => /\/[0-9a-f]{32}$/.test(path))

test('who may only read a document uploads nothing into it, nor copies anything there', async () => {
  const { documentId } = await ann.http.documents.create.mutate({ title: 'Read by Bob' })
  const { documentId: from } = await bob.http.documents.create.mutate({ title: 'Of Bob' })
  const headers = { 'x-tandem': '1', cookie: bob.cookie }
  const own = await fetch(`${node.url}/api/uploads/${from}?name=a.txt`, { method: 'POST', headers, body: 'mine' })
  const { id } = (await own.json()) as { id: string }
  await ann.http.sharing.setLink.mutate({ documentId, role: 'viewer' })
  const before = stored()
  expect(await begin(documentId).finish()).toBe(403)
  const copied = await fetch(`${node.url}/api/uploads/${documentId}/from/${id}`, { method: 'POST', headers })
  expect(copied.status).toBe(403)
  expect(stored()).toEqual(before)
})

test('who may not write any more when the file has come leaves nothing', async () => {
  const { documentId } = await ann.http.documents.create.mutate({ title: 'Written by Bob, for now' })
  const before = stored()
  const upload = begin(documentId)
  await vi.waitUntil(() => files().some((path) => path.endsWith('.received')))
  await ann.http.sharing.setLink.mutate({ documentId, role: 'viewer' })
  expect(await upload.finish()).toBe(403)
  expect(files().filter((path) => path.endsWith('.received'))).toEqual([])
  expect(stored()).toEqual(before)
})
