import { setTimeout as pause } from 'node:timers/promises'
import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import * as Y from 'yjs'
import type { Stage } from './stage.ts'
import { SCHEMA_VERSION } from './writers.ts'

const LINE = 'a line of text long enough for a caret to walk along it for a while'
const EVERY_MS = 40
/** Who is not shown a caret within this is shown the next one. */
const LOST_MS = 5_000

/** A caret that walks along a line, and how long each step takes to another screen on the same node and to one on the other. */
export class PresenceProbe {
  readonly #clients: readonly TandemClient[]
  readonly #walker: DocumentHandle
  readonly #watchers: readonly DocumentHandle[]
  readonly #tookMs: number[][] = []
  #isOver = false
  #walking: Promise<void> = Promise.resolve()

  private constructor(clients: readonly TandemClient[], handles: readonly DocumentHandle[]) {
    const [walker, ...watchers] = handles
    if (walker === undefined) throw new RangeError('Nobody walks.')
    this.#clients = clients
    this.#walker = walker
    this.#watchers = watchers
  }

  static async open(stage: Stage): Promise<PresenceProbe> {
    const token = await stage.cluster.token('walker')
    const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
    const clients = [a, a, b].map(({ port }) =>
      createClient({ url: `http://127.0.0.1:${port}`, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' }),
    )
    const [first] = clients
    const { documentId } = (await first?.api.documents.create.mutate({ title: 'A walk' })) ?? { documentId: '' }
    const handles = clients.map((client) => client.document(documentId))
    await Promise.all(handles.map((handle) => handle.whenOpen()))
    const probe = new PresenceProbe(clients, handles)
    probe.#walker.doc.getText('line').insert(0, LINE)
    await probe.#walker.whenSaved()
    await stage.until('everybody has the line', () => handles.every(({ doc }) => doc.getText('line').length > 0))
    return probe
  }

  /** Walks until it is stopped. */
  start(): void {
    this.#walking = this.#walk()
  }

  /** Times of the steps: to the same node's screen, to the other's. */
  async stop(): Promise<{ sameNodeMs: readonly number[]; otherNodeMs: readonly number[] }> {
    this.#isOver = true
    await this.#walking
    await Promise.all(this.#clients.map((client) => client.close()))
    return { sameNodeMs: this.#tookMs[0] ?? [], otherNodeMs: this.#tookMs[1] ?? [] }
  }

  async #walk(): Promise<void> {
    const { doc, presence } = this.#walker
    const text = doc.getText('line')
    for (let step = 0; !this.#isOver; step += 1) {
      const anchor: unknown = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, step % LINE.length))
      const atMs = performance.now()
      const seen = this.#watchers.map((watcher, index) => this.#seen(watcher, anchor, () => this.#note(index, atMs)))
      presence.setLocalStateField('cursor', { anchor, head: anchor })
      await Promise.race([Promise.all(seen), pause(LOST_MS)])
      await pause(EVERY_MS)
    }
  }

  #note(index: number, atMs: number): void {
    ;(this.#tookMs[index] ??= []).push(performance.now() - atMs)
  }

  /** Calls `note` and resolves when this screen shows a caret there. */
  #seen({ presence }: DocumentHandle, anchor: unknown, note: () => void): Promise<void> {
    const wanted = clockOf(anchor)
    return new Promise((resolve) => {
      const look = (): void => {
        if (![...presence.getStates().values()].some(({ cursor }) => clockOf(anchorOf(cursor)) === wanted)) return
        presence.off('change', look)
        note()
        resolve()
      }
      presence.on('change', look)
    })
  }
}

function anchorOf(cursor: unknown): unknown {
  return typeof cursor === 'object' && cursor !== null && 'anchor' in cursor ? cursor.anchor : undefined
}

/** Which letter a position is at. */
function clockOf(position: unknown): number | undefined {
  const item = typeof position === 'object' && position !== null && 'item' in position ? position.item : undefined
  return typeof item === 'object' && item !== null && 'clock' in item ? Number(item.clock) : undefined
}
