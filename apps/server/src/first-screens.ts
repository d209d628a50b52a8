import type { ScreenNode } from '@tandem/schema/first-screen'
import type { Access, DocumentId, Epoch, Head, UpdateLog, UserId } from '@tandem/sync'
import { LogThread, type LogThreadPorts } from './log-thread.ts'

/** Of the documents that were asked for last; each takes some ten KB. */
const REMEMBERED = 500
const MAX_WAITING = 16
/** A page waits no longer for its text than this: it comes without. */
const PATIENCE_MS = 150
/** A document that is written in all the time is not replayed for each who comes. */
const SAME_AGAIN_MS = 3_000
/** Nor is one that takes long: so many times as long as that. */
const SAME_AGAIN_TIMES = 20
/** The thread rests so many times as long as it has worked. */
const REST = 1
/** It takes longer to start than anybody waits: whoever comes to it then gets nothing. */
const IDLE_MS = 30 * 60_000
const PROGRAM = new URL('first-screen-worker.ts', import.meta.url)
/** Nobody has this id: with it, access is what the document's link gives. */
const NOBODY = '' as UserId

export interface FirstScreenPorts extends LogThreadPorts {
  readonly access: Access
  readonly heads: UpdateLog['heads']
  /** Monotonic, ms. */
  readonly now: () => number
}

interface Known {
  readonly epoch: Epoch
  readonly seq: number
  readonly blocks: readonly ScreenNode[]
  readonly goodUntilMs: number
}

/**
 * What documents begin with, for the pages that open them: to look at until their own code is there. Replayed from the log, so only what is
 * durable is seen; by a thread, one document at a time, once for all who come. It may be some seconds old, never more than a minute.
 */
export class FirstScreens {
  readonly #ports: FirstScreenPorts
  readonly #thread: LogThread<readonly ScreenNode[]>
  /** The least recently asked first. */
  readonly #known = new Map<DocumentId, Known>()
  readonly #asked = new Map<DocumentId, Promise<Known | undefined>>()
  readonly #stopWaiting = new Set<() => void>()
  #turn: Promise<void> = Promise.resolve()
  #closed = false

  constructor(ports: FirstScreenPorts) {
    this.#ports = ports
    this.#thread = new LogThread({ program: PROGRAM, idleMs: IDLE_MS }, ports)
  }

  /**
   * For this user, or for nobody in particular. Undefined: they may not read it, there is none, or it is not known in time; the page that
   * opens says which. Never rejects.
   */
  async of(documentId: DocumentId, userId: UserId | undefined): Promise<readonly ScreenNode[] | undefined> {
    try {
      const late = this.#wait(PATIENCE_MS)
      const found = await Promise.race([this.#find(documentId, userId ?? NOBODY), late.ended])
      late.stop()
      return found
    } catch (error) {
      this.#ports.log.debug({ err: error, documentId }, 'a page came without its first screen')
      return undefined
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#closed = true
    for (const stop of this.#stopWaiting) stop()
    await this.#thread.close()
    await this.#turn
  }

  async #find(documentId: DocumentId, userId: UserId): Promise<readonly ScreenNode[] | undefined> {
    const { access, heads } = this.#ports
    const [found, places] = await Promise.all([access.rolesOf(documentId, [userId]), heads([documentId])])
    const head = places.get(documentId)
    if (found?.roles.get(userId) === undefined || head === undefined) return undefined
    const known = this.#current(documentId, head)
    if (known === undefined) {
      const asked = this.#ask(documentId)
      return this.#thread.isWarm ? (await asked)?.blocks : undefined
    }
    this.#remember(documentId, known)
    return known.blocks
  }

  /** What is remembered, if it is as the log is, or was so lately. */
  #current(documentId: DocumentId, { epoch, head }: Head): Known | undefined {
    const known = this.#known.get(documentId)
    if (known?.epoch !== epoch) return undefined
    return known.seq === head || this.#ports.now() < known.goodUntilMs ? known : undefined
  }

  #ask(documentId: DocumentId): Promise<Known | undefined> {
    const asked = this.#asked.get(documentId)
    if (asked !== undefined) return asked
    if (this.#closed || this.#asked.size >= MAX_WAITING) return Promise.resolve(undefined)
    const answer = this.#turn.then(() => this.#replay(documentId))
    this.#turn = answer.then(({ tookMs }) => this.#wait(tookMs * REST).ended)
    const found = answer.then(({ known }) => {
      this.#asked.delete(documentId)
      if (known !== undefined) this.#remember(documentId, known)
      return known
    })
    this.#asked.set(documentId, found)
    return found
  }

  async #replay(documentId: DocumentId): Promise<{ known: Known | undefined; tookMs: number }> {
    if (this.#closed) return { known: undefined, tookMs: 0 }
    const { now, log } = this.#ports
    try {
      const { place, tookMs, problem } = await this.#thread.ask(documentId)
      if (problem !== undefined) log.warn({ documentId, problem }, 'a log could not be replayed')
      const goodForMs = Math.min(60_000, Math.max(SAME_AGAIN_MS, tookMs * SAME_AGAIN_TIMES))
      const known = place && {
        epoch: place.epoch,
        seq: place.seq,
        blocks: place.found,
        goodUntilMs: now() + goodForMs,
      }
      return { known, tookMs }
    } catch (error) {
      if (!this.#closed) log.debug({ err: error, documentId }, 'a log was not replayed')
      return { known: undefined, tookMs: 0 }
    }
  }

  #remember(documentId: DocumentId, known: Known): void {
    this.#known.delete(documentId)
    this.#known.set(documentId, known)
    const [first] = this.#known.keys()
    if (this.#known.size > REMEMBERED && first !== undefined) this.#known.delete(first)
  }

  /** Ends by itself, or when it is stopped. */
  #wait(ms: number): { readonly ended: Promise<undefined>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    if (this.#closed) resolve(undefined)
    const cancel = this.#closed ? () => undefined : this.#ports.after(ms, () => stop())
    const stop = (): void => {
      cancel()
      this.#stopWaiting.delete(stop)
      resolve(undefined)
    }
    this.#stopWaiting.add(stop)
    return { ended: promise, stop }
  }
}
