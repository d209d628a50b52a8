import type { ComparedContent, ContentVerdict, DocumentId, Epoch } from '@tandem/sync'
import { LogReplays, type LogReplaysPorts, type Replayed } from './log-replays.ts'

const REPLAYS = {
  program: new URL('content-digest-worker.ts', import.meta.url),
  idleMs: 60_000,
  /** A fifth of a core at most, however much is asked. */
  rest: 4,
  remembered: 2_000,
  /** More are told that nothing is known. */
  waiting: 100,
}
/** A document that is written in all the time is not replayed all the time. */
const SAME_AGAIN_MS = 30_000

export interface ContentDigestPorts extends Omit<LogReplaysPorts, 'run'> {
  /** Runs `work` when this node has room for it beside its editing. May throw. */
  readonly expensive: <Result>(who: string, work: () => Promise<Result>) => Promise<Result>
  /** A replica shows something else than the log says: must never happen. */
  readonly onDivergence: () => void
}

/**
 * Compares what replicas show with a fresh replay of the log, made by a thread that starts when it is needed: one document
 * at a time, with rests, each place of a log once for all who ask. Whoever would have to wait long is told that nothing is known.
 */
export class ContentDigests {
  readonly #ports: ContentDigestPorts
  /** Undefined: it cannot be told. */
  readonly #replays: LogReplays<string | undefined>

  constructor(ports: ContentDigestPorts) {
    this.#ports = ports
    this.#replays = new LogReplays(REPLAYS, { ...ports, run: (work) => ports.expensive('content digests', work) })
  }

  /** Never rejects. */
  async compare({ documentId, epoch, seq, digest }: ComparedContent): Promise<ContentVerdict> {
    const replayed = this.#current(documentId, epoch, seq) ?? (await this.#replays.ask(documentId))
    const place = replayed?.place
    if (place?.found === undefined || place.epoch !== epoch || place.seq !== seq) return 'unknown'
    if (place.found === digest) return 'same'
    this.#ports.onDivergence()
    this.#ports.log.error(
      { documentId, epoch, seq },
      'a replica shows something else than the log says; it reads it anew',
    )
    return 'other'
  }

  /** Ends the thread; whoever waits is told that nothing is known. */
  close(): Promise<void> {
    return this.#replays.close()
  }

  /** What is remembered, if it says something about this place, or was found so lately that it is not looked for again. */
  #current(documentId: DocumentId, epoch: Epoch, seq: number): Replayed<string | undefined> | undefined {
    const last = this.#replays.last(documentId)
    if (last === undefined) return undefined
    const isPast = last.place?.epoch === epoch && last.place.seq >= seq
    return isPast || this.#ports.now() - last.atMs < SAME_AGAIN_MS ? last : undefined
  }
}
