import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NodeId } from '@tandem/sync'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { anotherNodeIsReady } from './another-node.ts'

const OWN = NodeId.parse('node-own')
let answer: { status: number; body: string }
let server: Server
let url: string

beforeEach(async () => {
  server = createServer((request, response) => {
    const isKnown = request.url === '/readyz'
    response.writeHead(isKnown ? answer.status : 404).end(isKnown ? answer.body : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => server.close())

test.each([
  ['another node that is ready', true, 200, { ready: true, node: 'node-other' }],
  ['this very node', false, 200, { ready: true, node: OWN }],
  ['a node that is not ready', false, 503, { ready: false, node: 'node-other' }],
  ['something that is no node', false, 200, { status: 'ok' }],
  ['a node that does not say who it is', false, 200, { ready: true }],
])('behind the balancer is %s: %s', async (_, expected, status, body) => {
  answer = { status, body: JSON.stringify(body) }
  expect(await anotherNodeIsReady(url, OWN)).toBe(expected)
})

test('a balancer that answers with a page, or not at all, leads nowhere', async () => {
  answer = { status: 200, body: '<html>' }
  expect(await anotherNodeIsReady(url, OWN)).toBe(false)
  server.close()
  expect(await anotherNodeIsReady('http://127.0.0.1:9', OWN)).toBe(false)
})
