import { createClient } from '@tandem/client'
import {
  binaryEncoder,
  PROTOCOL_VERSION,
  type DocumentId,
  type Frame,
  type Join,
  type Presence,
  type Push,
  type Welcome,
} from '@tandem/sync'
import { setTimeout } from 'node:timers/promises'
import type { Client, Protocol, Seat, Target } from './client.ts'
import { FrameSocket } from './frame-socket.ts'
import { countTandem } from './tandem-count.ts'
import { TandemPushes } from './tandem-pushes.ts'

const { encode, decode } = binaryEncoder()
/** That of packages/schema, which the bench may not import: documents are made with it, and an older page only reads them. */
/** Nodes look at the version that a push says, which is then the document's own. */
const NO_SCHEMA = 0
/** A user may make that many at once, and then one in 40 ms (LIMITS.callBurst, callsPerSecond). */
const DOCUMENTS_AT_ONCE = 100
const NEXT_DOCUMENT_MS = 40
const JOIN_ID = 1
let seated = 0

/** tRPC over a WebSocket, spoken by hand. What a page would decode is only counted, in place. */
export const tandemProtocol: Protocol = { documents: newDocuments, open: openTandem }

async function newDocuments(target: Target, count: number): Promise<readonly string[]> {
  const client = createClient({ url: target.url, token: tokenOf(target), schemaVersion: NO_SCHEMA })
  const names: string[] = []
  while (names.length < count) {
    if (names.length >= DOCUMENTS_AT_ONCE) await setTimeout(NEXT_DOCUMENT_MS)
    names.push((await client.api.documents.create.mutate({ title: 'Bench' })).documentId)
  }
  await client.close()
  return names
}

async function openTandem(seat: Seat): Promise<Client> {
  const { target } = seat
  const documentId = seat.document as DocumentId
  const replicaId = crypto.randomUUID() as Join['replicaId']
  const opening = new Opening()
  let sessionId = ''
  let answered: TandemPushes['answered'] = () => undefined
  const socket = await FrameSocket.connect(
    `${target.url.replace('http', 'ws')}/live?d=${documentId}&connectionParams=1`,
    (bytes, start, end, isText) => {
      if (isText) return
      if (opening.isDone) countTandem(seat, sessionId, { bytes, start }, (...answer) => answered(...answer))
      else opening.take(decode(bytes.subarray(start, end)))
    },
  )
  socket.send(encode({ method: 'connectionParams', data: { token: tokenOf(target) } }))
  const input: Join = { documentId, replicaId, protocolVersion: PROTOCOL_VERSION, schemaVersion: NO_SCHEMA }
  socket.send(encode({ id: JOIN_ID, method: 'subscription', params: { path: 'document.join', input } }))
  const welcome = await socket.settle(opening.whenDone)
  sessionId = welcome.sessionId
  let id = JOIN_ID
  const call = (path: string, callInput: unknown): number => {
    socket.send(encode({ id: ++id, method: 'mutation', params: { path, input: callInput } }))
    return id
  }
  const { epoch, schemaVersion } = welcome
  const pushes = new TandemPushes((push) =>
    call('document.push', { documentId, epoch, replicaId, schemaVersion, ...push } satisfies Push),
  )
  answered = (...answer) => pushes.answered(...answer)
  return {
    send: (update) => pushes.add(update),
    moveCaret(clock) {
      const position = { type: null, tname: 'body', item: { client: seat.author, clock }, assoc: 0 }
      const presence: Presence = {
        documentId,
        sessionId: welcome.sessionId,
        caret: { anchor: position, head: position },
      }
      call('document.presence', presence)
    },
    stall: () => socket.stall(),
    close: () => socket.destroy(),
  }
}

/** Everybody is somebody else, as far as there are users. */
function tokenOf({ tokens }: Target): string {
  return tokens[seated++ % tokens.length] ?? ''
}

/** From the welcome until everything through its head has arrived. */
class Opening {
  isDone = false
  readonly #done = Promise.withResolvers<Welcome>()
  #welcome: Welcome | undefined

  get whenDone(): Promise<Welcome> {
    return this.#done.promise
  }

  take(message: unknown): void {
    const { error, result } = message as { error?: { message: string }; result?: { type: string; data?: Frame } }
    if (error !== undefined) this.#done.reject(new Error(`Not joined: ${error.message}`))
    if (result?.type !== 'data' || result.data === undefined) return
    const frame = result.data
    if (frame.type === 'welcome') this.#welcome = frame
    if (this.#welcome === undefined) return
    const through =
      frame.type === 'welcome'
        ? 0
        : frame.type === 'changes'
          ? frame.head
          : frame.part === frame.of
            ? frame.throughSeq
            : 0
    if (through < this.#welcome.head) return
    this.isDone = true
    this.#done.resolve(this.#welcome)
  }
}
