import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@tandem/client'
import { workspaceNode } from '../../scripts/parts/workspace.mjs'
import type { NodeSettings } from '../../scripts/parts/tandem-node.ts'
import type { Stage } from './stage.ts'
import { SCHEMA_VERSION } from './writers.ts'

/** The map of a document in which everybody of a crowd counts under their own name. */
export const CROWD = 'crowd'
const CLIENTS_PER_DOCUMENT = 10
const WITHIN_MS = 120_000
const LOOK_EVERY_MS = 250

/** For a node that a crowd comes to: everybody is the same user, and comes from an address of their own. */
export const CROWD_SETTINGS: Partial<NodeSettings> = {
  TRUSTED_PROXIES: '1',
  SOCKETS_PER_USER: '10000',
  SOCKETS_PER_IP: '1000', // for whoever reads all its documents in the end
}

export interface CrowdPlan {
  /** Client after client goes to the next one. */
  readonly urls: readonly string[]
  readonly token: string
  readonly documentIds: readonly string[]
  readonly clients: number
  /** How often each of them counts on. */
  readonly countEveryMs: number
}

/** What a parent tells the program that is the crowd. */
export type CrowdOrder =
  | { readonly kind: 'gather'; readonly plan: CrowdPlan }
  | { readonly kind: 'rest' }
  | { readonly kind: 'forgetGaps' }
  | { readonly kind: 'state'; readonly question: number }
  | { readonly kind: 'counts'; readonly question: number }

export interface CrowdState {
  readonly live: number
  readonly saved: number
  /** Each time that somebody was not live, and is again. */
  readonly gapsMs: readonly number[]
  /** Connections tried, refused ones too. */
  readonly attempts: number
}

/** By document: what each is told to have in the log. */
export type CrowdCounts = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface CrowdAnswer {
  readonly question: number
  readonly answer: CrowdState | CrowdCounts
}

/** Many clients with the real client code, ten to a document, in a process of their own. Whoever gathers it disperses it. */
export class Crowd {
  readonly clients: number
  readonly #program: ChildProcess
  readonly #stage: Stage
  readonly #plan: CrowdPlan
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>()
  #lastQuestion = 0

  private constructor(stage: Stage, plan: CrowdPlan) {
    this.#stage = stage
    this.#plan = plan
    this.clients = plan.clients
    this.#program = fork(new URL('programs/crowd.ts', import.meta.url), { execPath: workspaceNode })
    this.#program.on('message', ({ question, answer }: CrowdAnswer) => this.#asked.get(question)?.resolve(answer))
    this.#program.on('exit', () => {
      for (const { reject } of this.#asked.values()) reject(new Error('The crowd is gone: its process has ended.'))
    })
    this.#tell({ kind: 'gather', plan })
  }

  /** Resolves when everybody is live and counting. */
  static async gather(stage: Stage, options: Pick<CrowdPlan, 'urls' | 'clients' | 'countEveryMs'>): Promise<Crowd> {
    const token = await stage.cluster.token('crowd')
    const owner = createClient({
      url: `http://127.0.0.1:${stage.cluster.node(0).port}`,
      token,
      schemaVersion: SCHEMA_VERSION,
      storage: 'memory',
    })
    const documents = Array.from({ length: Math.ceil(options.clients / CLIENTS_PER_DOCUMENT) }, (_, index) =>
      owner.api.documents.create.mutate({ title: `Crowd ${index}` }),
    )
    const documentIds = (await Promise.all(documents)).map(({ documentId }) => documentId)
    await owner.close()
    const crowd = new Crowd(stage, { ...options, token, documentIds })
    await crowd
      .until('gathered', ({ live }) => live === crowd.clients)
      .catch((error: unknown) => {
        crowd.disperse()
        throw error
      })
    return crowd
  }

  state(): Promise<CrowdState> {
    return this.#ask('state')
  }

  /** From here on gaps are noted anew. */
  forgetGaps(): void {
    this.#tell({ kind: 'forgetGaps' })
  }

  /** How long it takes until everybody is live, ms (looked at every 250 ms; `gapsMs` says it exactly). */
  back(): Promise<number> {
    return this.until('back', ({ live }) => live === this.clients)
  }

  /** How long it takes until `isSo`, ms. Throws with how it was instead. */
  async until(what: string, isSo: (state: CrowdState) => boolean): Promise<number> {
    const startedMs = performance.now()
    for (;;) {
      const state = await this.state()
      const tookMs = performance.now() - startedMs
      if (isSo(state)) return tookMs
      const { live, saved, attempts } = state
      const how = `${live} live, ${saved} saved of ${this.clients} after ${attempts} attempts`
      if (tookMs > WITHIN_MS) throw new Error(`The crowd is not ${what} within ${WITHIN_MS} ms: ${how}.`)
      await pause(LOOK_EVERY_MS)
    }
  }

  /** C1 of the crowd: nobody counts on, everything is saved, and then each count that somebody was told is saved but the log does not have. */
  async lost(): Promise<readonly string[]> {
    this.#tell({ kind: 'rest' })
    await this.until('live and saved', ({ live, saved }) => live === this.clients && saved === this.clients)
    const counts = await this.#ask<CrowdCounts>('counts')
    const { token } = this.#plan
    const url = `http://127.0.0.1:${this.#stage.cluster.nodes.find(({ running }) => running)?.port}`
    const reader = createClient({ url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
    try {
      const missing: string[] = []
      for (const [documentId, told] of Object.entries(counts)) {
        const handle = reader.document(documentId)
        const close = handle.open()
        await handle.whenOpen()
        const map = handle.doc.getMap<number>(CROWD)
        for (const [name, count] of Object.entries(told)) {
          if ((map.get(name) ?? 0) < count) missing.push(`${documentId} ${name}: told ${count}, has ${map.get(name)}`)
        }
        close()
      }
      return missing
    } finally {
      await reader.close()
    }
  }

  disperse(): void {
    this.#program.kill('SIGKILL')
  }

  #tell(order: CrowdOrder): void {
    this.#program.send(order)
  }

  async #ask<Answer>(kind: 'state' | 'counts'): Promise<Answer> {
    const question = (this.#lastQuestion += 1)
    const answered = Promise.withResolvers<unknown>()
    this.#asked.set(question, answered)
    this.#tell({ kind, question })
    return answered.promise.finally(() => this.#asked.delete(question)) as Promise<Answer>
  }
}
