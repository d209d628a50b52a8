import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { FRAGMENT, SCHEMA_VERSION } from '@tandem/schema/version'
import { binaryEncoder, LIMITS, PROTOCOL_VERSION, type Changes, type Welcome } from '@tandem/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { testNode, type TestNode, type Visitor } from '../test/node-fixture.ts'

/**
 * What one more reader costs, counted and not timed. Clients run in this process too, without a promise or a write of their own for what
 * they receive; what is counted for each push alike falls out of the difference between many readers and few.
 */

const { encode, decode } = binaryEncoder()
const FEW = 10
const MANY = 40
const PUSHES = 40

let node: TestNode
let owner: Visitor
beforeAll(async () => {
  node = await testNode({ socketsPerUser: 200, socketsPerIp: 200 })
  owner = await node.visitor()
})
afterAll(() => node.close())

interface Answer {
  readonly id: number
  readonly result?: { readonly type: string; readonly data?: Welcome | Changes | { readonly seq: number } }
}

/** Knows how far it has read; everything by callbacks. */
class Page {
  head = 0
  acked = 0
  frames = 0
  welcome: Welcome | undefined
  onMove = (): void => undefined
  readonly #socket: WebSocket

  constructor(documentId: string, name: string) {
    const headers = { cookie: owner.cookie, origin: node.url }
    this.#socket = new WebSocket(`${node.url.replace('http', 'ws')}/live`, { headers })
    const join = { documentId, replicaId: name, protocolVersion: PROTOCOL_VERSION, schemaVersion: SCHEMA_VERSION }
    this.#socket.once('open', () =>
      this.send({ id: 1, method: 'subscription', params: { path: 'document.join', input: join } }),
    )
    this.#socket.on('message', (bytes: Buffer) => this.#take(decode(bytes) as Answer))
  }

  send(message: unknown): void {
    this.#socket.send(encode(message))
  }

  async close(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
  }

  #take({ result }: Answer): void {
    const data = result?.data
    if (data === undefined) return
    if ('seq' in data) this.acked = data.seq
    else if (data.type === 'welcome') this.welcome = data
    else if (data.updates.length > 0) {
      this.head = data.head
      this.frames += 1
    }
    this.onMove()
  }
}

/** One promise, however much is received until then. */
function until(pages: readonly Page[], isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => (isSo() ? resolve() : undefined)
    for (const page of pages) page.onMove = look
    look()
  })
}

interface Counted {
  promises: number
  writes: number
  /** Frames with updates that arrived at readers. */
  frames: number
}

/** One writes, each push after everybody has read the one before. */
async function counted(readers: number): Promise<Counted> {
  const { documentId } = await owner.http.documents.create.mutate({ title: 'Costs' })
  const pages = Array.from({ length: readers + 1 }, (_, index) => new Page(documentId, `replica-${readers}-${index}`))
  await until(pages, () => pages.every(({ welcome }) => welcome !== undefined))
  const [writer] = pages
  const welcome = writer?.welcome
  if (writer === undefined || welcome === undefined) throw new Error('unreachable')
  const doc = new Y.Doc()
  let update: Uint8Array = new Uint8Array()
  doc.on('update', (bytes: Uint8Array) => (update = bytes))
  const push = async (pushId: number): Promise<void> => {
    doc.getXmlFragment(FRAGMENT).insert(0, [new Y.XmlElement('paragraph')])
    const replicaId = `replica-${readers}-0`
    const input = { documentId, epoch: welcome.epoch, replicaId, pushId, update, schemaVersion: SCHEMA_VERSION }
    writer.send({ id: 1 + pushId, method: 'mutation', params: { path: 'document.push', input } })
    await until(pages, () => writer.acked === pushId && pages.every(({ head }) => head === pushId))
  }
  await push(1) // whatever the joins have left behind has gone out before it
  const count = { promises: 0, writes: 0 }
  const hook = createHook({ init: (_, type) => void (type === 'PROMISE' && (count.promises += 1)) })
  const { write } = Socket.prototype
  Socket.prototype.write = function counting(this: Socket, ...args: Parameters<Socket['write']>): boolean {
    count.writes += 1
    return write.apply(this, args)
  } as Socket['write']
  hook.enable()
  try {
    for (let pushId = 2; pushId <= 1 + PUSHES; pushId += 1) await push(pushId)
  } finally {
    hook.disable()
    Socket.prototype.write = write
  }
  const frames = pages.slice(1).reduce((sum, page) => sum + page.frames - 1, 0)
  await Promise.all(pages.map((page) => page.close()))
  return { ...count, frames }
}

test('one more reader of an update costs one frame, one write and no promise', async () => {
  expect(MANY + 1).toBeLessThan(LIMITS.crowd) // beyond, frames wait for each other
  await counted(FEW)
  const [few, many] = [await counted(FEW), await counted(MANY)]
  const deliveries = (MANY - FEW) * PUSHES
  expect(many.frames - few.frames).toBe(deliveries)
  expect((many.writes - few.writes) / deliveries).toBeLessThan(1.1)
  // Not none at all: the node's clocks go on ticking meanwhile.
  expect((many.promises - few.promises) / deliveries).toBeLessThan(0.2)
})
