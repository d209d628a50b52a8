import { LIMITS, type Relay, type Rooms } from '@tandem/sync'

/** Drives what rooms do by the clock: two timers for a whole node, whatever it carries. */
export class Ticks {
  readonly #rooms: Pick<Rooms, 'presenceTick' | 'heartbeat'>
  readonly #relay: Pick<Relay, 'state'>
  readonly #socketCount: () => number
  #presence: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #stopped = false

  constructor(ports: {
    rooms: Pick<Rooms, 'presenceTick' | 'heartbeat'>
    relay: Pick<Relay, 'state'>
    socketCount: () => number
  }) {
    this.#rooms = ports.rooms
    this.#relay = ports.relay
    this.#socketCount = ports.socketCount
    this.#schedule()
  }

  /** A socket has opened: presence ticks from here until there are none. */
  wake(): void {
    if (this.#stopped || this.#presence !== undefined) return
    this.#presence = setInterval(() => {
      this.#rooms.presenceTick()
      if (this.#socketCount() === 0) this.#sleep()
    }, LIMITS.presenceFrameMs)
  }

  stop(): void {
    this.#stopped = true
    this.#sleep()
    clearTimeout(this.#heartbeat)
  }

  #sleep(): void {
    clearInterval(this.#presence)
    this.#presence = undefined
  }

  /** The next heartbeat is counted from the end of the one before: they never overlap. */
  #schedule(): void {
    if (this.#stopped) return
    const delayMs = this.#relay.state === 'well' ? LIMITS.heartbeatMs : LIMITS.unwellHeartbeatMs
    this.#heartbeat = setTimeout(() => void this.#rooms.heartbeat().finally(() => this.#schedule()), delayMs)
  }
}
