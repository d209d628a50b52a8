import type { Documents } from '@tandem/store'
import type { Access, Author, Gate, Rooms, UserId } from '@tandem/sync'
import type { LiveEvents } from './live-events.ts'

/** Who calls. On a socket it is one object for the socket's life, whose `name` is always the newest. */
export interface User extends Author {
  readonly isGuest: boolean
}

export interface People {
  rename(userId: UserId, name: string): Promise<void>
}

export interface Importer {
  /**
   * Turns Markdown into updates of an empty document, in order and each within the limits of a push, off the event loop.
   * `title` is the text's own first heading, if it has one. Throws SyncError 'bad-input' for what is not UTF-8, what
   * cannot be converted, and what takes too long; 'overloaded' when too many wait.
   */
  convert(markdown: Uint8Array): Promise<ImportedText>
}

export interface ImportedText {
  readonly updates: readonly Uint8Array[]
  readonly schemaVersion: number
  readonly title: string | undefined
}

/** Which of its caller's rates a call counts against. */
export type Charge = 'call' | 'push' | 'presence'

/** The limits of one socket (or, over plain HTTP, of one user or address). Both throw SyncError 'overloaded', naming the limit. */
export interface Allowance {
  take(charge: Charge): void
  /** One more subscription. Returns release, which may be called twice. */
  openSession(): () => void
}

/** Everything a procedure may reach: ports only. One per socket, or one per HTTP request. */
export interface Context {
  /** Undefined while nobody is signed in. */
  readonly user: User | undefined
  readonly rooms: Pick<Rooms, 'join' | 'push' | 'presence' | 'edit' | 'accessChanged' | 'announce'>
  readonly access: Access
  readonly documents: Pick<Documents, 'list' | 'get' | 'create' | 'rename' | 'recordVisit' | 'delete'>
  readonly people: People
  readonly events: LiveEvents
  readonly importer: Importer
  /** Of a document that is created empty. */
  readonly schemaVersion: number
  readonly gate: Gate
  readonly allowance: Allowance
}
