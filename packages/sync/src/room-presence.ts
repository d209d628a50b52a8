import { LIMITS } from './limits.ts'
import type { Author, Relay, Topic } from './ports.ts'
import { PresenceBoard, colorOf } from './presence-board.ts'
import type { Caret, NodeId, PresenceChange, PresenceEntry, RelayMessage, SessionId } from './protocol.ts'
import type { Session } from './session.ts'

type Heard = Extract<RelayMessage, { type: 'presence' }>

/** Presence of one room on its way: from the sessions here to each other and to the other nodes, and back. */
export class RoomPresence {
  readonly #node: NodeId
  readonly #topic: Topic
  readonly #relay: Relay
  readonly #board: PresenceBoard
  #repeatedMs = 0
  /** Ticks to pass over: the room is crowded. */
  #ticksLeft = 0
  /** When the relay was last seen unwell. */
  #unwellMs: number
  #isLocal: boolean
  /** The sessions have not been told of `#isLocal`. */
  #isNews = false

  constructor(options: { node: NodeId; topic: Topic; relay: Relay; nowMs: number }) {
    this.#node = options.node
    this.#topic = options.topic
    this.#relay = options.relay
    this.#board = new PresenceBoard(options.node)
    this.#isLocal = options.relay.state === 'unwell'
    this.#unwellMs = this.#isLocal ? options.nowMs : -Infinity
  }

  /** [PRES-9] People on other nodes may be missing: the relay is unwell, or those nodes have not repeated themselves since. */
  get isLocal(): boolean {
    return this.#isLocal
  }

  get entries(): readonly PresenceEntry[] {
    return this.#board.entries
  }

  /** [PRES-1] Who it is comes from the node's own login, never from the browser. */
  stamp(sessionId: SessionId, { userId, name }: Author, caret: Caret): void {
    this.#board.set({ sessionId, person: { userId, name, color: colorOf(userId) }, caret })
  }

  rename({ userId, name }: Author): void {
    this.#board.rename(userId, name)
  }

  remove(sessionId: SessionId): void {
    this.#board.remove(sessionId)
  }

  hear(message: Heard, nowMs: number): void {
    this.#board.hear(message, nowMs)
  }

  /** [PRES-3] [PRES-10] Called every LIMITS.presenceFrameMs: what has gathered goes out. */
  tick(sessions: ReadonlyMap<SessionId, Session>): void {
    if (this.#isNews) this.#tellIsLocal(sessions.values())
    if (this.#ticksLeft > 0) this.#ticksLeft -= 1
    else this.#send(sessions)
  }

  /** [PRES-11] Text is on its way to the sessions: the carets that it moved leave with it, and not with the next tick. */
  ride(sessions: ReadonlyMap<SessionId, Session>): void {
    // In a crowd not everybody is shown the text now.
    if (sessions.size >= LIMITS.crowd) return
    if (this.#ticksLeft === 0 && this.#send(sessions)) this.#ticksLeft = Math.max(1, this.#ticksLeft)
  }

  /** One message for the other nodes, one frame per session, never one's own. False: there was nothing for the sessions here. */
  #send(sessions: ReadonlyMap<SessionId, Session>): boolean {
    const { all, here } = this.#board.takeChanges()
    if (here.length > 0) this.#publish(here, { all: false })
    if (all.length === 0) return false
    this.#ticksLeft = Math.min(LIMITS.presenceMostTicks, Math.floor(sessions.size / LIMITS.presenceCrowd))
    for (const session of sessions.values()) {
      for (const change of all) if (change.sessionId !== session.id) session.outbox.addPresence(change)
      if (!session.outbox.isEmpty) session.wake()
    }
    return true
  }

  /** [PRES-5] Who is here, to a node that asked. */
  answer(): void {
    if (this.#board.localEntries.length > 0) this.#publish(this.#board.localEntries, { all: true })
  }

  /** [PRES-5] [PRES-6] [PRES-9] Says again who is here, forgets nodes that do not, and looks whether the relay carries it. */
  repeat(nowMs: number): void {
    this.#board.forgetSilentNodes(nowMs)
    this.#lookAtRelay(nowMs)
    if (nowMs - this.#repeatedMs < LIMITS.presenceRepeatMs) return
    this.#repeatedMs = nowMs
    this.answer()
  }

  #lookAtRelay(nowMs: number): void {
    if (this.#relay.state === 'unwell') this.#unwellMs = nowMs
    const isLocal = nowMs - this.#unwellMs < LIMITS.presenceRepeatMs + LIMITS.heartbeatMs
    this.#isNews ||= isLocal !== this.#isLocal
    this.#isLocal = isLocal
  }

  #tellIsLocal(sessions: Iterable<Session>): void {
    this.#isNews = false
    for (const session of sessions) {
      session.outbox.setPresenceIsLocal(this.#isLocal)
      session.wake()
    }
  }

  #publish(entries: readonly PresenceChange[], { all }: { all: boolean }): void {
    this.#relay.publish(this.#topic, { type: 'presence', node: this.#node, all, entries: [...entries] })
  }
}
