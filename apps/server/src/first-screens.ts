import type { ScreenNode } from '@tandem/schema/first-screen'
import type { Access, DocumentId, Head, UpdateLog, UserId } from '@tandem/sync'
import { LogReplays, type LogReplaysPorts, type Replayed } from './log-replays.ts'

const REPLAYS = {
  program: new URL('first-screen-worker.ts', import.meta.url),
  /** It takes longer to start than anybody waits: whoever comes to it then gets nothing. */
  idleMs: 30 * 60_000,
  rest: 1,
  /** Each takes some ten KB, 40 at most. */
  remembered: 500,
  waiting: 16,
}
/** A page waits no longer for its text than this, whatever is slow: it comes without. */
const PATIENCE_MS = 150
/** A document that is written in all the time is not replayed for each who comes, nor is one that takes long: so many times as long as that. */
const SAME_AGAIN_MS = 3_000
const SAME_AGAIN_TIMES = 20
const SAME_AGAIN_MOST_MS = 60_000
/** Nobody has this id: with it, access is what the document's link gives. */
const NOBODY = '' as UserId

export interface FirstScreenPorts extends Omit<LogReplaysPorts, 'run'> {
  readonly access: Access
  readonly heads: UpdateLog['heads']
}

/** For whom it is: undefined: whoever has the address. */
export interface FoundScreen {
  readonly userId: UserId | undefined
  readonly blocks: readonly ScreenNode[]
}

/**
 * What documents begin with, for the pages that open them: to look at until their own code is there. Replayed from the log, so only what is
 * durable is seen; by a thread, one document at a time, once for all who come. It may be some seconds old, a minute where replaying takes long.
 */
export class FirstScreens {
  readonly #ports: FirstScreenPorts
  readonly #replays: LogReplays<readonly ScreenNode[]>
  readonly #stopWaiting = new Set<() => void>()

  constructor(ports: FirstScreenPorts) {
    this.#ports = ports
    this.#replays = new LogReplays(REPLAYS, ports)
  }

  /**
   * For this user, or for nobody in particular. Undefined after 150 ms, and when they may not read it, there is none, or who they are cannot be
   * found out: the page that opens says which. Never rejects.
   */
  async of(documentId: DocumentId, asks: Promise<UserId | undefined>): Promise<FoundScreen | undefined> {
    const late = Promise.withResolvers<undefined>()
    const stop = (): void => late.resolve(undefined)
    const cancel = this.#ports.after(PATIENCE_MS, stop)
    this.#stopWaiting.add(stop)
    const found = asks.then((userId) => this.#find(documentId, userId))
    try {
      return await Promise.race([found, late.promise])
    } catch (error) {
      this.#ports.log.debug({ err: error, documentId }, 'a page came without its first screen')
      return undefined
    } finally {
      cancel()
      this.#stopWaiting.delete(stop)
      found.catch(() => undefined) // it was late
    }
  }

  /** Ends the thread; nobody waits. */
  async close(): Promise<void> {
    for (const stop of this.#stopWaiting) stop()
    await this.#replays.close()
  }

  async #find(documentId: DocumentId, userId: UserId | undefined): Promise<FoundScreen | undefined> {
    const { access, heads } = this.#ports
    const id = userId ?? NOBODY
    const [found, places] = await Promise.all([access.rolesOf(documentId, [id]), heads([documentId])])
    const head = places.get(documentId)
    if (found?.roles.get(id) === undefined || head === undefined) return undefined
    const known = this.#replays.last(documentId)
    if (known !== undefined && this.#isGood(known, head)) return screenFor(userId, known, head)
    const asked = this.#replays.ask(documentId)
    const replayed = this.#replays.isWarm ? await asked : undefined
    return replayed && screenFor(userId, replayed, head)
  }

  /** As the log is, or as it was so lately; what could not be replayed neither can be so soon. */
  #isGood({ place, atMs, tookMs }: Replayed<unknown>, { epoch, head }: Head): boolean {
    if (place?.epoch === epoch && place.seq === head) return true
    const goodForMs = Math.min(SAME_AGAIN_MOST_MS, Math.max(SAME_AGAIN_MS, tookMs * SAME_AGAIN_TIMES))
    return (place === undefined || place.epoch === epoch) && this.#ports.now() - atMs < goodForMs
  }
}

/** Never that of another life of the document. */
function screenFor(
  userId: UserId | undefined,
  { place }: Replayed<readonly ScreenNode[]>,
  { epoch }: Head,
): FoundScreen | undefined {
  return place?.epoch === epoch ? { userId, blocks: place.found } : undefined
}
