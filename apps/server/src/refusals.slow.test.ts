import { once } from 'node:events'
import { binaryEncoder } from '@tandem/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { testNode, type TestNode } from '../test/node-fixture.ts'

let node: TestNode
beforeAll(async () => {
  node = await testNode()
})
afterAll(() => node.close())

async function counted(where: string, why: string): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text()
  return Number(
    new RegExp(`^tandem_refusals_total\\{where="${where}",why="${why}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0,
  )
}

test('what is refused is counted: upgrades, frames that nobody can read, calls over both ways', async () => {
  const live = `${node.url.replace('http', 'ws')}/live`
  const { cookie, http } = await node.visitor()
  const foreign = new WebSocket(live, { headers: { cookie, origin: 'https://evil.example' } })
  await once(foreign, 'error')
  expect(await counted('upgrade', '403')).toBe(1)

  const socket = new WebSocket(live, { headers: { cookie, origin: node.url } })
  await once(socket, 'open')
  socket.send(Buffer.from([0xc1]))
  await once(socket, 'message')
  expect(await counted('frame', 'malformed')).toBe(1)
  const params = { path: 'document.presence', input: { documentId: 'a-document-of-nobody' } }
  socket.send(binaryEncoder().encode({ id: 1, method: 'mutation', params }))
  await once(socket, 'message')
  await expect(http.documents.create.mutate({ title: 7 as never })).rejects.toMatchObject({
    data: { sync: { code: 'bad-input' } },
  })
  expect(await counted('call', 'bad-input')).toBe(2)

  const session = { documentId: 'a-document-of-nobody', sessionId: 'a-session-of-nobody', caret: null }
  const hot = { id: 2, method: 'mutation', params: { path: 'document.presence', input: session } }
  socket.send(binaryEncoder().encode(hot))
  await once(socket, 'message')
  expect(await counted('call', 'not-joined')).toBe(1)
  const closed = once(socket, 'close')
  socket.send('text', { binary: true, fin: false })
  socket.send(Buffer.alloc(3), { binary: false, fin: true })
  for (let at = 0; at < 70; at += 1) socket.send(Buffer.alloc(0), { fin: false, binary: true })
  await closed
  expect(await counted('frame', 'protocol')).toBe(1)
})
