import { slotMsOf, type Chance, type Clock, type SyncError } from '@tandem/sync'
import { SocketLife, type TicketSource } from './socket-life.ts'
import { isSurelyOffline, type WakeEvent } from './wake-events.ts'

/** A lost socket is replaced within this, spread evenly: a node that goes down hands over all of its people at once. */
const FIRST_WAIT_MS = 1_000
const BASE_WAIT_MS = 250
const MAX_WAIT_MS = 15_000
/** A hint that the network is back is spread a little too. */
const WAKE_WAIT_MS = 250
/** Who was given a time by the node is spread no more than this. */
const SLOT_WAIT_MS = 100
/** A socket that lived this long was a success: the next loss starts from the beginning. */
const SUCCESS_MS = 5_000

/** idle: not wanted. connecting and waiting: on the way. up. refused: the server wants this page to do something else first. */
export type SocketState = 'idle' | 'connecting' | 'up' | 'waiting' | 'refused'

export interface KeptSocketOptions {
  readonly url: string
  readonly token: string | undefined
  /** Asked anew for every attempt. */
  readonly ticket?: TicketSource | undefined
  readonly WebSocket: typeof WebSocket
  readonly clock: Clock
  readonly chance: Chance
  up(life: SocketLife): void
  /** Once after each `up`, and for an attempt that was refused. */
  down(reason: SyncError): void
  /** `state` or `isLost` changed. */
  changed(): void
}

/**
 * Keeps one socket alive: a new life after each that ended, full jitter between attempts (250 ms doubling up to 15 s). A
 * node that sends its people away says when to come back; that slot comes before any jitter.
 */
export class KeptSocket {
  readonly #options: KeptSocketOptions
  #state: SocketState = 'idle'
  #life: SocketLife | undefined
  #failures = 0
  #upAtMs: number | undefined
  /** The network came back during this attempt. */
  #isHurried = false
  #cancelWait: () => void = () => undefined

  constructor(options: KeptSocketOptions) {
    this.#options = options
  }

  get state(): SocketState {
    return this.#state
  }

  /** Not just between two sockets: an attempt failed, the server refused, or the browser says that there is no network. */
  get isLost(): boolean {
    if (this.#state === 'refused') return true
    return this.#state !== 'up' && (this.#failures > 1 || isSurelyOffline())
  }

  /** Connects. Nothing happens when it is wanted already, but a refused one tries again. */
  start(): void {
    if (this.#state !== 'idle' && this.#state !== 'refused') return
    this.#failures = 0
    this.#isHurried = false
    this.#connect()
  }

  /** Closes for good, unless it is started again. `down` is told if it was up. */
  stop(): void {
    if (this.#state === 'idle') return
    this.#cancelWait()
    this.#to('idle')
    this.#life?.close()
  }

  /** The browser noticed something: ask the socket for a sign of life, or try again now or soon. */
  wake(event: WakeEvent): void {
    // An attempt that began without a network may hang for seconds.
    if (this.#state === 'connecting' && event === 'online') this.#isHurried = true
    if (this.#state === 'up' || this.#isHurried) this.#life?.probe()
    else if (this.#state === 'waiting' && event !== 'offline') this.#wait(WAKE_WAIT_MS)
    this.#options.changed()
  }

  #connect(): void {
    const { url, token, ticket, WebSocket, clock } = this.#options
    this.#to('connecting')
    const life: SocketLife = new SocketLife({
      url,
      token,
      ticket,
      WebSocket,
      clock,
      up: () => this.#opened(life),
      down: (reason) => this.#ended(life, reason),
    })
    this.#life = life
  }

  #opened(life: SocketLife): void {
    if (life !== this.#life) return
    this.#upAtMs = this.#options.clock.now()
    this.#isHurried = false
    this.#to('up')
    this.#options.up(life)
  }

  #ended(life: SocketLife, reason: SyncError): void {
    if (life !== this.#life) return
    const { clock, down } = this.#options
    const wasUp = this.#upAtMs !== undefined
    if (this.#upAtMs !== undefined && clock.now() - this.#upAtMs >= SUCCESS_MS) this.#failures = 0
    this.#upAtMs = undefined
    this.#life = undefined
    this.#failures++
    const isRefused = reason.then === 'give-up' || reason.then === 'reload'
    if (this.#state !== 'idle') {
      if (isRefused) this.#to('refused')
      else this.#waitAfter(reason)
    }
    if (wasUp || isRefused) down(reason)
  }

  #waitAfter({ message }: SyncError): void {
    const slotMs = slotMsOf(message)
    const isHurried = this.#isHurried
    this.#isHurried = false
    if (isHurried) this.#wait(WAKE_WAIT_MS, slotMs)
    else if (this.#failures > 1) this.#wait(Math.min(MAX_WAIT_MS, BASE_WAIT_MS * 2 ** (this.#failures - 1)), slotMs)
    else this.#wait(slotMs === undefined ? FIRST_WAIT_MS : SLOT_WAIT_MS, slotMs)
  }

  #wait(upToMs: number, atLeastMs = 0): void {
    const { clock, chance } = this.#options
    this.#cancelWait()
    const waitMs = Math.min(MAX_WAIT_MS, atLeastMs) + chance.fraction() * upToMs
    this.#cancelWait = clock.after(waitMs, () => this.#connect())
    this.#to('waiting')
  }

  #to(state: SocketState): void {
    this.#state = state
    this.#options.changed()
  }
}
