/** What the load generator knows of a protocol: open a connection in a document, send, count. One file for each protocol. */

/** The server a round is about, as another process sees it. */
export interface Target {
  readonly url: string
  readonly token: string | undefined
  readonly pid: number
}

/** What all connections of a round have received from others. Carets may be merged by a server, updates may not. */
export interface Tally {
  updates: number
  carets: number
  refused: number
}

export interface Seat {
  readonly target: Target
  readonly document: string
  /** The Yjs client id under which this connection types: what a server sends back to its author is no delivery. */
  readonly author: number
  readonly tally: Tally
  /** Called with `updateKey` of each update; only the sampled connection of a document is listened to. */
  readonly heard: ((key: number) => void) | undefined
}

/** One connection in one document. */
export interface Client {
  send(update: Uint8Array): void
  moveCaret(clock: number): void
  /** Reads nothing any more. */
  stall(): void
  close(): void
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
