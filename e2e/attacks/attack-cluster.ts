import { join } from 'node:path'
import { createClient, type TandemClient } from '@tandem/client'
import { WebSocket } from 'ws'
import type { Child } from '../../scripts/parts/child.ts'
import { startNginx } from '../../scripts/parts/nginx-server.ts'
import { freePort } from '../../scripts/parts/ports.ts'
import { FaultCluster, type FaultNode } from '../faults/fault-cluster.ts'
import { must, withinMs } from './attack.ts'
import { SCHEMA_VERSION, type Guest, type Place } from './target.ts'

/** Two real nodes on one PostgreSQL and one Redis, with docker's nginx in front: for attacks that would be harmless on one node. */
export class AttackCluster {
  readonly faults: FaultCluster
  /** What people outside reach; each connection goes to one node or the other by its document. */
  readonly door: Place
  readonly nginx: Child
  #guests = 0

  private constructor(parts: { faults: FaultCluster; door: Place; nginx: Child }) {
    this.faults = parts.faults
    this.door = parts.door
    this.nginx = parts.nginx
  }

  static async start(): Promise<AttackCluster> {
    const settings = {
      TRUSTED_PROXIES: '1', // nginx, or the attack itself where it goes past it
      LOG_LEVEL: 'debug',
      DOCUMENT_ROOTS: 'victim,flood',
      SOCKETS_PER_SECOND: '10000', // the caps are attacked here, not the door
    }
    const faults = await FaultCluster.start({ settings })
    try {
      const port = await freePort()
      const nodes = faults.nodes.map((node) => `127.0.0.1:${node.port}`)
      const nginx = await startNginx({ folder: join(faults.folder, 'nginx'), port, nodes, host: '127.0.0.1' })
      return new AttackCluster({ faults, nginx, door: { url: `http://127.0.0.1:${port}`, port } })
    } catch (error) {
      await faults.stop()
      throw error
    }
  }

  node(index: number): FaultNode {
    return this.faults.node(index)
  }

  /** Each has an address of their own unless it is said which. */
  async guest(address?: string): Promise<Guest> {
    this.#guests += 1
    const from = address ?? `10.${this.#guests >> 8}.${this.#guests & 255}.1`
    return guestOf(this.node(0), from, `10.200.${this.#guests >> 8}.${this.#guests & 255}`)
  }

  /** Somebody who only wants to write, at an address of their own. */
  async bystander(node: FaultNode): Promise<Bystander> {
    return Bystander.at(node, await this.guest())
  }

  /** A counter of both nodes together. `labels` as in `bucket="user"`. */
  async counted(name: string, labels = ''): Promise<number> {
    let sum = 0
    for (const { port, running } of this.faults.nodes) {
      if (!running) continue
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      for (const line of text.split('\n'))
        if (line.startsWith(`tandem_${name}`) && line.includes(labels)) sum += Number(line.split(' ').at(-1))
    }
    return sum
  }

  /** Both nodes are well with Redis and count together. Looked at through the caps' own eyes: a metric says so. */
  async untilNodesKnowEachOther(): Promise<void> {
    const startedMs = performance.now()
    while ((await this.counted('nodes')) < 2 * this.faults.nodes.length) {
      must(performance.now() - startedMs < 15_000, 'the nodes do not count together')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** The same port, empty. Resolves when the nodes count together again. */
  async restartRedis(): Promise<void> {
    await this.faults.restartRedis()
    await this.untilNodesKnowEachOther()
  }

  /** Whatever nobody handled, nor anybody that ended. */
  unharmed(): void {
    for (const { name, running, log } of this.faults.nodes) {
      must(running, `${name} is not running`)
      must(!/nobody handled|unhandledRejection|uncaughtException/.test(log()), `an error nobody handled on ${name}`)
    }
  }

  async stop(): Promise<void> {
    await this.nginx.kill()
    await this.faults.stop()
  }
}

/** Signs in as a guest; the sign-in itself comes from `signInFrom`, since an address may have only so many guests. */
async function guestOf(node: Place, address: string, signInFrom: string): Promise<Guest> {
  const headers = {
    'content-type': 'application/json',
    'x-tandem': '1',
    'x-forwarded-for': signInFrom,
    origin: node.url,
  }
  const response = await fetch(`${node.url}/api/auth/sign-in/anonymous`, { method: 'POST', headers, body: '{}' })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (cookie === undefined) throw new Error(`No guest could be made: ${response.status} ${await response.text()}`)
  return { cookie, address }
}

/** Somebody with our own client and a document of their own. */
export class Bystander {
  readonly client: TandemClient
  readonly documentId: string
  readonly #handle: ReturnType<TandemClient['document']>
  #words = 0

  private constructor(client: TandemClient, documentId: string) {
    this.client = client
    this.documentId = documentId
    this.#handle = client.document(documentId)
  }

  static async at(node: Place, { cookie, address }: Guest): Promise<Bystander> {
    const headers = { cookie, origin: node.url, 'x-forwarded-for': address }
    class BrowserLike extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols ?? [], { headers })
      }
    }
    const client = createClient({
      url: node.url,
      schemaVersion: SCHEMA_VERSION,
      storage: 'memory',
      WebSocket: BrowserLike as unknown as typeof globalThis.WebSocket,
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), ...headers } }),
    })
    const { documentId } = await client.api.documents.create.mutate({ title: 'What is mine' })
    const bystander = new Bystander(client, documentId)
    await bystander.#handle.whenOpen()
    await bystander.writeMs()
    return bystander
  }

  /** From a word typed to "saved", ms. */
  async writeMs(): Promise<number> {
    const startedMs = performance.now()
    const text = this.#handle.doc.getText('victim')
    text.insert(text.length, `<${(this.#words += 1)}>`)
    await withinMs(30_000, 'a bystander has a word saved', this.#handle.whenSaved())
    return performance.now() - startedMs
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

let shared: Promise<AttackCluster> | undefined

/** One for all rows that need one: started with the first. Whoever uses rows stops it in the end. */
export function sharedCluster(): Promise<AttackCluster> {
  return (shared ??= AttackCluster.start())
}

export async function stopSharedCluster(): Promise<void> {
  const running = shared
  shared = undefined
  await (await running)?.stop()
}
