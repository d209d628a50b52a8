import { Caret, Person, type PresenceEntry, type SessionId } from '@tandem/sync'
import type * as Y from 'yjs'
import { toCaret } from './position.ts'

/** What an editor sees of somebody. `cursor`: relative positions as JSON; null while they are not in the text. */
export interface AwarenessState {
  user?: { name: string; color: string; userId?: string }
  cursor?: unknown
  [field: string]: unknown
}

export interface AwarenessChange {
  readonly added: readonly number[]
  readonly updated: readonly number[]
  readonly removed: readonly number[]
}
type AwarenessListener = (change: AwarenessChange, origin: unknown) => void

/** The part of a Replica the bridge needs. */
export interface PresenceSource {
  readonly people: ReadonlyMap<SessionId, PresenceEntry>
  readonly sessionId: SessionId | undefined
  setCaret(caret: Caret): void
}

/**
 * A replica's presence in the shape of y-protocols' Awareness, as far as y-prosemirror's cursor plugin and Tiptap's
 * CollaborationCaret use it. Pass it to them as `{ awareness: handle.presence }`.
 *
 * Differences that are the point: who somebody is comes from the node's stamp, never from what a browser claims; the
 * numbers are the bridge's own (nobody's Yjs client id is known or needed); no timers, so a still caret stays.
 */
export class PresenceBridge {
  readonly doc: Y.Doc
  /** By number; own state under `clientID`. Changed in place, as the editor plugins expect. */
  readonly states = new Map<number, AwarenessState>()
  readonly #source: () => PresenceSource | undefined
  readonly #listeners = { change: new Set<AwarenessListener>(), update: new Set<AwarenessListener>() }
  readonly #numbers = new Map<SessionId, number>()
  #lastNumber = 0
  #people: ReadonlyMap<SessionId, PresenceEntry> = new Map()
  #local: AwarenessState | null = {}

  constructor(doc: Y.Doc, source: () => PresenceSource | undefined) {
    this.doc = doc
    this.#source = source
    this.states.set(doc.clientID, this.#local ?? {})
  }

  get clientID(): number {
    return this.doc.clientID
  }

  getStates(): Map<number, AwarenessState> {
    return this.states
  }

  getLocalState(): AwarenessState | null {
    return this.#local
  }

  /** Only `cursor` travels. Null: not in the text. */
  setLocalState(state: AwarenessState | null): void {
    const before = this.#local
    if (before === null && state === null) return
    this.#local = state
    if (state === null) this.states.delete(this.clientID)
    else this.states.set(this.clientID, state)
    if (state?.cursor !== before?.cursor) this.#source()?.setCaret(toCaret(state?.cursor))
    const [own, nobody] = [[this.clientID], []]
    if (state === null) this.#emit({ added: nobody, updated: nobody, removed: own }, 'local')
    else if (before === null) this.#emit({ added: own, updated: nobody, removed: nobody }, 'local')
    else this.#emit({ added: nobody, updated: own, removed: nobody }, 'local')
  }

  setLocalStateField(field: string, value: unknown): void {
    // Who I am is the node's to say.
    if (this.#local !== null && field !== 'user') this.setLocalState({ ...this.#local, [field]: value })
  }

  on(event: 'change' | 'update', listener: AwarenessListener): void {
    this.#listeners[event].add(listener)
  }

  off(event: 'change' | 'update', listener: AwarenessListener): void {
    this.#listeners[event].delete(listener)
  }

  /** Takes over the source's people as they are now. Entries that are the same objects as before cost nothing. */
  refresh(): void {
    const source = this.#source()
    const people = source?.people ?? new Map<SessionId, PresenceEntry>()
    const removed = [...this.#people.keys()]
      .filter((session) => !people.has(session))
      .flatMap((session) => this.#forget(session))
    const [added, updated]: [number[], number[]] = [[], []]
    for (const [session, entry] of people) {
      if (this.#people.get(session) === entry) continue
      if (session === source?.sessionId) updated.push(...this.#stampOwn(entry))
      else if (this.#numbers.has(session)) updated.push(...this.#show(session, entry))
      else added.push(...this.#show(session, entry))
    }
    this.#people = people
    if (added.length + updated.length + removed.length > 0) this.#emit({ added, updated, removed }, 'remote')
  }

  #stampOwn({ person }: PresenceEntry): number[] {
    if (this.#local === null || !Person.safeParse(person).success) return []
    this.#local = { ...this.#local, user: toUser(person) }
    this.states.set(this.clientID, this.#local)
    return [this.clientID]
  }

  /** A caret that is not valid is not shown; somebody who is not valid is not here. */
  #show(session: SessionId, { person, caret }: PresenceEntry): number[] {
    if (!Person.safeParse(person).success) return []
    const number = this.#numbers.get(session) ?? this.#nextNumber()
    this.#numbers.set(session, number)
    this.states.set(number, { user: toUser(person), cursor: Caret.safeParse(caret).data ?? null })
    return [number]
  }

  #forget(session: SessionId): number[] {
    const number = this.#numbers.get(session)
    if (number === undefined) return []
    this.#numbers.delete(session)
    this.states.delete(number)
    return [number]
  }

  #nextNumber(): number {
    this.#lastNumber += 1
    if (this.#lastNumber === this.clientID) this.#lastNumber += 1
    return this.#lastNumber
  }

  #emit(change: AwarenessChange, origin: 'local' | 'remote'): void {
    for (const event of ['change', 'update'] as const)
      for (const listener of this.#listeners[event]) listener(change, origin)
  }
}

function toUser({ name, color, userId }: Person): NonNullable<AwarenessState['user']> {
  return { name, color, userId }
}
