import { caretOf, countUpdate, newNames, type Client, type Protocol, type Seat } from './client.ts'
import { FrameSocket } from './frame-socket.ts'
import { YjsBytes } from './yjs-bytes.ts'

/** y-protocols: sync (steps 1 and 2, then updates), awareness; Hocuspocus adds auth, and the document's name in front of all. */
const [SYNC, AWARENESS, AUTH] = [0, 1, 2]
const [STEP_1, STEP_2] = [0, 1]
const NOTHING_KNOWN = Uint8Array.of(0)
const NOTHING_TO_SAY = Uint8Array.of(0, 0)

interface Dialect {
  readonly url: (seat: Seat) => string
  /** In front of every message, both ways. */
  readonly prefix: (document: string) => Buffer
  /** Said first. */
  readonly greeting: readonly Buffer[]
}

/** @y/websocket-server: a socket is in one document, which its path names. */
export const yWebsocketProtocol: Protocol = yjsProtocol({
  url: ({ target, document }) => `${target.url}/${document}`,
  prefix: () => Buffer.alloc(0),
  greeting: [],
})

export const hocuspocusProtocol: Protocol = yjsProtocol({
  url: ({ target }) => target.url,
  prefix: (document) => sized(Buffer.from(document)),
  greeting: [Buffer.concat([Buffer.of(AUTH, 0), sized(Buffer.from('bench'))])],
})

function yjsProtocol(dialect: Dialect): Protocol {
  return { documents: async (_, count) => newNames(count), open: (seat) => openYjs(seat, dialect) }
}

async function openYjs(seat: Seat, dialect: Dialect): Promise<Client> {
  const prefix = dialect.prefix(seat.document)
  const synced = Promise.withResolvers<void>()
  const socket = await FrameSocket.connect(dialect.url(seat), (bytes, start) =>
    receive(seat, new YjsBytes(bytes, start + prefix.length), { bytes, synced: synced.resolve }),
  )
  const say = (...parts: readonly Uint8Array[]): void => socket.send(Buffer.concat([prefix, ...parts]))
  for (const message of dialect.greeting) say(message)
  say(Buffer.of(SYNC, STEP_1), sized(NOTHING_KNOWN))
  say(Buffer.of(SYNC, STEP_2), sized(NOTHING_TO_SAY))
  await socket.settle(synced.promise)
  let moves = 0
  return {
    send: (update) => say(Buffer.of(SYNC, 2), sized(update)),
    moveCaret(clock) {
      const state = { user: { name: 'Ann', color: '#30bced' }, cursor: caretOf(seat.author, clock) }
      const entry = [varUint(1), varUint(seat.author), varUint(++moves), sized(Buffer.from(JSON.stringify(state)))]
      say(Buffer.of(AWARENESS), sized(Buffer.concat(entry)))
    },
    stall: () => socket.stall(),
    close: () => socket.destroy(),
  }
}

/** Both servers send an author's own updates and carets back: those are not counted. */
function receive(seat: Seat, reader: YjsBytes, { bytes, synced }: { bytes: Uint8Array; synced: () => void }): void {
  const type = reader.number()
  if (type === AWARENESS) {
    reader.number() // bytes
    for (let entries = reader.number(); entries > 0; entries--) {
      if (reader.number() !== seat.author) seat.tally.carets += 1
      reader.number() // clock
      reader.skip()
    }
  } else if (type === SYNC) {
    const step = reader.number()
    if (step === STEP_2) synced()
    if (step === STEP_1 || step === STEP_2) return
    reader.number() // bytes
    countUpdate(seat, bytes, reader.at)
  }
}

function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([varUint(bytes.byteLength), bytes])
}

function varUint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80)
  return Buffer.from([...bytes, rest])
}
