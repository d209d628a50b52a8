import { setTimeout as pause } from 'node:timers/promises'
import { createClient, type TandemClient } from '@tandem/client'
import { Random } from '@tandem/sync/random'
import { judge, type Verdict } from './checker.ts'
import { FaultCluster, type ClusterOptions } from './fault-cluster.ts'
import { SCHEMA_VERSION, Writer } from './writers.ts'

const WRITERS_PER_NODE = 4
const WRITE_EVERY_MS = 200
const SETTLE_WITHIN_MS = 60_000

/** The nodes of a stage, whatever they keep their log in. */
export interface StageCluster {
  readonly nodes: readonly StageNode[]
  /** A bearer token of a user made for the test. */
  token(name: string): Promise<string>
  stop(): Promise<void>
}

interface StageNode {
  readonly name: string
  /** What clients connect to; it stays when the node is started again. */
  readonly url: string
  /** Where it really listens. */
  readonly port: number
  readonly running: boolean
  log(): string
}

/** Real nodes with people writing into one document, four on each, while a row does its worst. */
export class Stage<Cluster extends StageCluster = FaultCluster> {
  readonly cluster: Cluster
  readonly writers: readonly Writer[]
  readonly documentId: string
  readonly random: Random
  readonly #token: string
  #writing: NodeJS.Timeout | undefined

  private constructor(parts: {
    cluster: Cluster
    writers: readonly Writer[]
    documentId: string
    token: string
    random: Random
  }) {
    this.cluster = parts.cluster
    this.writers = parts.writers
    this.documentId = parts.documentId
    this.random = parts.random
    this.#token = parts.token
  }

  static async set(options: ClusterOptions & { seed: number }): Promise<Stage> {
    return Stage.over(await FaultCluster.start(options), options.seed)
  }

  /** The cluster is the stage's from then on: it is stopped when the stage is struck, or cannot be set. */
  static async over<Cluster extends StageCluster>(cluster: Cluster, seed: number): Promise<Stage<Cluster>> {
    try {
      const token = await cluster.token('checker')
      const url = cluster.nodes[0]?.url ?? ''
      const owner = createClient({ url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
      const { documentId } = await owner.api.documents.create.mutate({ title: 'Faults' })
      await owner.close()
      const names = cluster.nodes.flatMap((node) =>
        Array.from({ length: WRITERS_PER_NODE }, (_, index) => ({ node, index })),
      )
      const writers: Writer[] = []
      for (const [place, { node }] of names.entries()) {
        const name = `w${place}`
        writers.push(new Writer({ name, token: await cluster.token(name), documentId, node }))
      }
      await Promise.all(writers.map((writer) => writer.ready()))
      return new Stage({ cluster, writers, documentId, token, random: new Random(seed) })
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  /** These and nobody else write (everybody unless said), about five operations per second each unless said, until `stopWriting`. */
  write(eachEveryMs = WRITE_EVERY_MS, writers = this.writers): void {
    this.stopWriting()
    const everyMs = eachEveryMs / writers.length
    let turn = 0
    this.#writing = setInterval(() => {
      const writer = writers[turn % writers.length]
      turn += 1
      writer?.write(() => this.random.fraction())
    }, everyMs)
  }

  async wait(durationMs: number): Promise<void> {
    await pause(durationMs)
  }

  stopWriting(): void {
    clearInterval(this.#writing)
  }

  /** How long it takes until `isSo`, ms. Throws with what it waited for. */
  async until(what: string, isSo: () => boolean | Promise<boolean>, withinMs = SETTLE_WITHIN_MS): Promise<number> {
    const startedMs = performance.now()
    while (!(await isSo())) {
      if (performance.now() - startedMs > withinMs) throw new Error(`Not within ${withinMs} ms: ${what}.`)
      await pause(20)
    }
    return performance.now() - startedMs
  }

  /** Everybody is live, has everything saved, and reads the same. How long that took, ms. */
  async settled(): Promise<number> {
    this.stopWriting()
    return this.until(
      'everybody live, saved and equal',
      () =>
        this.writers.every(({ saving, isLive }) => saving === 'saved' && isLive) &&
        new Set(this.writers.map(({ text }) => text)).size === 1,
    ).catch((error: Error) => {
      const state = this.writers.map(
        ({ name, saving, isLive, text, error: ended }) =>
          `${name} ${saving} ${isLive ? 'live' : 'not live'} ${text.length} ${ended?.message ?? ''}`,
      )
      throw new Error(`${error.message}\n${state.join('\n')}`)
    })
  }

  /** From a keyboard to "saved", now: ms (looked at every 100 ms). */
  async editing(writer: Writer): Promise<number> {
    const word = writer.writeLasting(() => this.random.fraction())
    return this.until(`${writer.name} has ${word} saved`, () => writer.savedTyped.has(word))
  }

  /** From one writer's keyboard to another's screen, now: ms. */
  async lag(from: Writer, to: Writer): Promise<number> {
    const word = from.writeLasting(() => this.random.fraction())
    return this.until(`${to.name} sees ${word}`, () => to.text.includes(word))
  }

  /** A client of the document's owner, past the node's proxy; on the first node that runs unless said. Whoever asks closes it. */
  client(on?: Cluster['nodes'][number]): TandemClient {
    const node = on ?? this.cluster.nodes.find(({ running }) => running)
    const url = `http://127.0.0.1:${node?.port}`
    return createClient({ url, token: this.#token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
  }

  /** Like `client`, but through the node's proxy: when the node dies it is led to another one, as people are. */
  movingClient(on: Cluster['nodes'][number]): TandemClient {
    return createClient({ url: on.url, token: this.#token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
  }

  /** A replica that has never seen the document (the stage's, unless said) reads it from the log. */
  async fresh(documentId = this.documentId): Promise<string> {
    const client = this.client()
    const handle = client.document(documentId)
    await handle.whenOpen()
    await this.until('the fresh replica is live', () => {
      const view = handle.getSnapshot()
      return view.status === 'open' && view.connection === 'live'
    })
    const text = handle.doc.getText('faults').toString()
    await client.close()
    return text
  }

  async verdict(): Promise<Verdict> {
    return judge(this.writers, await this.fresh(), this.cluster)
  }

  async strike(): Promise<void> {
    this.stopWriting()
    await Promise.allSettled(this.writers.map((writer) => writer.close()))
    await this.cluster.stop()
  }
}
