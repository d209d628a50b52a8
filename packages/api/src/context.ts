import type { Documents, Sharing } from '@tandem/store'
import type {
  Access,
  Author,
  ComparedContent,
  ContentVerdict,
  DocumentId,
  Gate,
  Lane,
  Rooms,
  UserId,
} from '@tandem/sync'
import type { LiveEvents } from './live-events.ts'

/** Who calls. On a socket it is one object for the socket's life, whose `name` is always the newest. */
export interface User extends Author {
  readonly isGuest: boolean
}

export interface People {
  rename(userId: UserId, name: string): Promise<void>
}

/** What lets a page of another origin open a socket as somebody. */
export interface SocketTicket {
  /** 256 random bits; a secret. */
  readonly ticket: string
  readonly validMs: number
}

export interface Tickets {
  /** For the holder of this login, who may use it once, on any node. Throws SyncError 'log-unavailable'. */
  issue(userId: UserId, loginId: string): Promise<SocketTicket>
}

export interface Importer {
  /**
   * Turns Markdown into updates of an empty document, in order and each within the limits of a push, off the event loop.
   * `title` is the text's own first heading, if it has one. Throws SyncError 'bad-input' for what is not UTF-8, what
   * cannot be converted, and what takes too long; 'overloaded' when too many wait.
   */
  convert(markdown: Uint8Array): Promise<ImportedText>
}

export interface Contents {
  /** Whether a replica shows what the log says. Never rejects: unknown is an answer. */
  compare(content: ComparedContent): Promise<ContentVerdict>
}

export interface ImportedText {
  readonly updates: readonly Uint8Array[]
  readonly schemaVersion: number
  readonly title: string | undefined
}

/** Which of its caller's rates a call counts against. */
export type Charge = 'call' | 'push' | 'presence'

/**
 * The limits of one caller: of the socket (or, over plain HTTP, of the user or address on this node), and those that the
 * user, the address and the document have on all nodes together. All throw SyncError 'overloaded', naming the limit;
 * `take` and `takeOf` reject with it in the rare case that they have to ask.
 */
export interface Allowance {
  take(charge: Charge): void | Promise<void>
  /** One more of what everybody together may do to this document. */
  takeOf(documentId: DocumentId, charge: Charge): void | Promise<void>
  /** One more invite link tried, or request for access made, from this address, of LIMITS.invitesPerMinute on all nodes. Rejects with SyncError 'overloaded'. */
  takeInvite(): Promise<void>
  /** One more subscription. Returns release, which may be called twice. */
  openSession(): () => void
}

/** Everything a procedure may reach: ports only. One per socket, or one per HTTP request. */
export interface Context {
  /** Undefined while nobody is signed in. */
  readonly user: User | undefined
  /** The user's login (or token) that this call came with; not a secret. Undefined while nobody is signed in. */
  readonly loginId: string | undefined
  readonly tickets: Tickets
  readonly rooms: Pick<Rooms, 'join' | 'push' | 'presence' | 'edit' | 'joinedRole' | 'accessChanged' | 'announce'>
  readonly access: Access
  readonly documents: Pick<
    Documents,
    | 'list'
    | 'get'
    | 'create'
    | 'beginImport'
    | 'finishImport'
    | 'rename'
    | 'recordVisit'
    | 'setStar'
    | 'setListed'
    | 'delete'
  >
  readonly sharing: Pick<Sharing, 'read' | 'ownerOf' | 'knows' | 'setRole' | 'shutOut' | 'setLinkRole' | 'handOn'> & {
    readonly invites: Pick<Sharing['invites'], 'create' | 'revoke' | 'accept'>
    readonly requests: Pick<Sharing['requests'], 'ask' | 'find' | 'end'>
  }
  readonly people: People
  readonly events: LiveEvents
  readonly importer: Importer
  readonly contents: Contents
  /** Of a document that is created empty. */
  readonly schemaVersion: number
  readonly gate: Gate
  /** A shorter way for the frames of a join; undefined: they are pulled. */
  readonly lane: Lane | undefined
  readonly allowance: Allowance
  /** Runs what costs more than an edit when this node has room for it beside its editing, and it is this user's turn. Throws SyncError 'overloaded', else what `work` throws. */
  readonly expensive: <Result>(userId: UserId, work: () => Promise<Result>) => Promise<Result>
}
