import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { testNode, type TestNode } from '../test/node-fixture.ts'

let node: TestNode
beforeAll(async () => {
  node = await testNode({ socketsPerSecond: 4 })
})
afterAll(() => node.close())

/** 101, or the status it was refused with and when to come back. Who is let in leaves at once, but for those who are `kept`. */
function knock({ url }: TestNode, kept?: WebSocket[]): Promise<{ status: number; retryAfter?: string | undefined }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live?connectionParams=1`)
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      if (kept === undefined) socket.terminate()
      else kept.push(socket)
      resolve({ status: 101 })
    })
    socket.once('unexpected-response', (_, { statusCode = 0, headers }: IncomingMessage) =>
      resolve({ status: statusCode, retryAfter: headers['retry-after'] }),
    )
    socket.on('error', reject)
  })
}

test('more new sockets than a node lets in are 503, told when to come back, and counted', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => knock(node)))
  expect(answers).toContainEqual({ status: 101 })
  const refused = answers.filter(({ status }) => status !== 101)
  expect(refused).toContainEqual({ status: 503, retryAfter: '1' })
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]))
  const metrics = await (await fetch(`${node.url}/metrics`)).text()
  expect(metrics).toContain(`tandem_shed_total{what="socket"} ${refused.length}`)
})

test('a full node refuses with 503, so that the balancer asks the next, and lets in whoever comes when somebody has left', async () => {
  const full = await testNode({ socketsPerNode: 2 })
  try {
    const here: WebSocket[] = []
    for (const _ of [1, 2]) expect(await knock(full, here)).toEqual({ status: 101 })
    expect(await knock(full)).toEqual({ status: 503, retryAfter: '10' })
    const [first] = here
    first?.close()
    await vi.waitUntil(async () => (await knock(full)).status === 101)
    for (const socket of here) socket.terminate()
  } finally {
    await full.close()
  }
})
