import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import { SCHEMA_VERSION } from './writers.ts'

/** The map of a document in which everybody counts under their own name. */
export const PROBES = 'probes'

/** How long small edits took: to their own "saved", and to the other screens. ms */
export interface Times {
  readonly ackMs: number[]
  readonly deliveryMs: number[]
}

/** Somebody who counts in a document, so that every number can be followed to its log and to the others. */
export class Prober {
  readonly name: string
  readonly handle: DocumentHandle
  readonly #client: TandemClient
  readonly #atMs: number[] = []
  #acked = 0

  constructor(options: { name: string; url: string; token: string; documentId: string }) {
    const { name, url, token, documentId } = options
    this.name = name
    this.#client = createClient({ url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
    this.handle = this.#client.document(documentId)
  }

  get count(): number {
    return this.#atMs.length
  }

  /** When it wrote this number, ms. */
  writtenAtMs(number: number): number {
    return this.#atMs[number - 1] ?? NaN
  }

  /** Writes the next number. */
  next(): number {
    this.#atMs.push(performance.now())
    this.handle.doc.getMap(PROBES).set(this.name, this.count)
    return this.count
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  /** Called with each own number when it is saved. */
  onAcked(listener: (number: number) => void): void {
    this.handle.subscribe(() => {
      const view = this.handle.getSnapshot()
      if (view.status !== 'open' || view.saving !== 'saved') return
      while (this.#acked < this.count) listener((this.#acked += 1))
    })
  }

  /** Called with each number of another one when it is on this one's screen; a newer number covers those before it. */
  onSeen(other: Prober, listener: (number: number) => void): void {
    let seen = 0
    const map = this.handle.doc.getMap<number>(PROBES)
    map.observe(({ keysChanged }) => {
      if (!keysChanged.has(other.name)) return
      const upTo = map.get(other.name) ?? 0
      while (seen < upTo) listener((seen += 1))
    })
  }
}

/** Probers of one document who count in turn, and what that took, since the last look. */
export class ProbeGroup {
  readonly probers: readonly Prober[]
  #times: Times = { ackMs: [], deliveryMs: [] }
  #counting: NodeJS.Timeout | undefined

  private constructor(probers: readonly Prober[]) {
    this.probers = probers
    const since = (writer: Prober, number: number): number => performance.now() - writer.writtenAtMs(number)
    for (const writer of probers) {
      writer.onAcked((number) => this.#times.ackMs.push(since(writer, number)))
      for (const reader of probers) {
        if (reader === writer) continue
        reader.onSeen(writer, (number) => this.#times.deliveryMs.push(since(writer, number)))
      }
    }
  }

  /** Everybody has the document open. */
  static async of(probers: readonly Prober[]): Promise<ProbeGroup> {
    await Promise.all(probers.map(({ handle }) => handle.whenOpen()))
    return new ProbeGroup(probers)
  }

  /** One number every so many ms, by one after the other. */
  start(everyMs: number): void {
    let turn = 0
    this.#counting = setInterval(() => {
      this.probers[turn % this.probers.length]?.next()
      turn += 1
    }, everyMs)
  }

  /** What was measured since it was last asked. */
  take(): Times {
    const times = this.#times
    this.#times = { ackMs: [], deliveryMs: [] }
    return times
  }

  async close(): Promise<void> {
    clearInterval(this.#counting)
    await Promise.all(this.probers.map((prober) => prober.close()))
  }
}
