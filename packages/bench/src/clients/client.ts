/** What the load generator knows of a protocol: open a connection in a document, send, count. One file for each protocol. */

import { authorOf, eachEdit, type EditKey } from './yjs-bytes.ts'

/** The server a round is about, as another process sees it. */
export interface Target {
  readonly url: string
  /** One for each user it knows; seats take them in turn. Empty: it asks nobody who they are. */
  readonly tokens: readonly string[]
  readonly pid: number
}

/** What all connections of a round have received from others. */
export interface Tally {
  /** Edits: a server may merge several into one update, but has to bring each. */
  updates: number
  /** Of these it may leave out all but the newest of somebody. */
  carets: number
  refused: number
  /** In the server's words. */
  firstRefusal?: string | undefined
}

export interface Seat {
  readonly target: Target
  readonly document: string
  /** The Yjs client id under which this connection types: what a server sends back to its author is no delivery. */
  readonly author: number
  readonly tally: Tally
  /** Called with every edit that arrives here; only sampled connections are listened to. */
  readonly heard: ((key: EditKey) => void) | undefined
}

/** One connection in one document. */
export interface Client {
  send(update: Uint8Array): void
  moveCaret(clock: number): void
  /** Reads nothing any more. */
  stall(): void
  close(): void
}

/** Counts the edits of an update that arrived at this seat from somebody else. */
export function countUpdate({ author, tally, heard }: Seat, bytes: Uint8Array, start: number): void {
  eachEdit(bytes, start, (key) => {
    if (authorOf(key) === author) return
    tally.updates += 1
    heard?.(key)
  })
}

export interface Protocol {
  /** Names of new, empty documents. */
  documents(target: Target, count: number): Promise<readonly string[]>
  /** Resolves when everything the document holds has arrived. */
  open(seat: Seat): Promise<Client>
}

export function newNames(count: number): readonly string[] {
  return Array.from({ length: count }, () => crypto.randomUUID())
}

/** What a caret says in Yjs editors: two relative positions in one run of text. */
export function caretOf(author: number, clock: number) {
  const position = { type: null, tname: 'body', item: { client: author, clock }, assoc: 0 }
  return { anchor: position, head: position }
}
