import { LIMITS } from './limits.ts'
import type { NodeId, PresenceChange, PresenceEntry, SessionId, UserId } from './protocol.ts'

interface Remote {
  lastHeardMs: number
  readonly sessions: Set<SessionId>
}

/**
 * Who is here and where their caret is, on all nodes, as far as this node has heard. Never logged. Changes gather
 * until the next presence tick, newest entry per session.
 */
export class PresenceBoard {
  readonly #node: NodeId
  readonly #entries = new Map<SessionId, PresenceEntry>()
  readonly #local = new Set<SessionId>()
  readonly #remotes = new Map<NodeId, Remote>()
  readonly #changedHere = new Map<SessionId, PresenceChange>()
  readonly #changed = new Map<SessionId, PresenceChange>()

  constructor(node: NodeId) {
    this.#node = node
  }

  get entries(): readonly PresenceEntry[] {
    return [...this.#entries.values()]
  }

  get localEntries(): readonly PresenceEntry[] {
    return [...this.#local].flatMap((sessionId) => this.#entries.get(sessionId) ?? [])
  }

  /** [PRES-1] A session of this node: who it is was stamped by the node. */
  set(entry: PresenceEntry): void {
    this.#local.add(entry.sessionId)
    this.#change(entry)
    this.#changedHere.set(entry.sessionId, entry)
  }

  /** [PRES-7] Somebody has another name now: in the entries of this node. Other nodes see to theirs. */
  rename(userId: UserId, name: string): void {
    for (const { sessionId, person, caret } of this.localEntries) {
      if (person.userId === userId && person.name !== name) this.set({ sessionId, person: { ...person, name }, caret })
    }
  }

  /** [PRES-4] A session of this node has left: its entry goes with it. */
  remove(sessionId: SessionId): void {
    if (!this.#local.delete(sessionId)) return
    const gone: PresenceChange = { sessionId, gone: true }
    this.#change(gone)
    this.#changedHere.set(sessionId, gone)
  }

  /** [PRES-5] Another node's entries; with `all`, those it does not name are gone. A session belongs to one node only. */
  hear(from: { node: NodeId; all: boolean; entries: readonly PresenceChange[] }, nowMs: number): void {
    if (from.node === this.#node) return
    const remote = this.#remotes.get(from.node) ?? { lastHeardMs: nowMs, sessions: new Set<SessionId>() }
    this.#remotes.set(from.node, remote)
    remote.lastHeardMs = nowMs
    const unnamed = from.all ? new Set(remote.sessions) : new Set<SessionId>()
    for (const change of from.entries) {
      if (this.#local.has(change.sessionId)) continue
      unnamed.delete(change.sessionId)
      if ('gone' in change) remote.sessions.delete(change.sessionId)
      else remote.sessions.add(change.sessionId)
      this.#change(change)
    }
    for (const sessionId of unnamed) {
      remote.sessions.delete(sessionId)
      this.#change({ sessionId, gone: true })
    }
  }

  /** [PRES-6] Drops the entries of nodes that have said nothing for LIMITS.silentNodeMs. */
  forgetSilentNodes(nowMs: number): void {
    for (const [node, remote] of this.#remotes) {
      if (nowMs - remote.lastHeardMs < LIMITS.silentNodeMs) continue
      this.#remotes.delete(node)
      for (const sessionId of remote.sessions) this.#change({ sessionId, gone: true })
    }
  }

  /** [PRES-3] What has changed and was not taken yet: for the sessions here, and (only this node's own) for the other nodes. */
  takeChanges(): { readonly all: readonly PresenceChange[]; readonly here: readonly PresenceChange[] } {
    return { all: takeSome(this.#changed), here: takeSome(this.#changedHere) }
  }

  #change(change: PresenceChange): void {
    if ('gone' in change) {
      if (!this.#entries.delete(change.sessionId)) return
    } else this.#entries.set(change.sessionId, change)
    this.#changed.set(change.sessionId, change)
  }
}

/** [PRES-10] Everything, or of too much: who left, then what has waited longest. */
function takeSome(changed: Map<SessionId, PresenceChange>): readonly PresenceChange[] {
  let taken = [...changed.values()]
  if (taken.length > LIMITS.presencePerFrame) {
    const gone = taken.filter((change) => 'gone' in change)
    taken = [...gone, ...taken.filter((change) => !('gone' in change))].slice(0, LIMITS.presencePerFrame)
  }
  for (const { sessionId } of taken) changed.delete(sessionId)
  return taken
}

const PALETTE = [
  '#c2410c',
  '#b45309',
  '#4d7c0f',
  '#047857',
  '#0e7490',
  '#1d4ed8',
  '#6d28d9',
  '#a21caf',
  '#be123c',
  '#475569',
]

/** The colour somebody's caret has everywhere: derived from the user id, dark enough to carry white text. */
export function colorOf(userId: string): string {
  let hash = 0
  for (let index = 0; index < userId.length; index += 1) hash = (hash * 31 + userId.charCodeAt(index)) >>> 0
  return PALETTE[hash % PALETTE.length] ?? '#475569'
}
