/**
 * The hot path of a socket: frames of open documents, pushes and carets, without tRPC's promises.
 *
 * tRPC is the contract: typed procedures, stock clients, and this file changes no byte of what they see (its conformance
 * test runs one script with and without it and compares every answer). But its adapter pays a race of promises for each
 * frame and reader, and a pipeline of middlewares for each call. The prototypes that decided it (server CPU per delivery, 200
 * readers and 100 updates/s; a bare `ws` loop 9.1 us): tRPC's loop 23.5 us, room to socket 9.4; what this very code costs is
 * in docs/performance.md.
 *
 * How: the socket's encoder sees every message of both directions.
 * - Out: a welcome tells it which request a session belongs to. From then on whatever waits for that session, while its
 *   generator is parked in tRPC's `next()`, leaves from here: one encoding for all who get the same frame, everything that
 *   came together in one turn of the event loop in one write. A full socket is left to the generator, which waits for room.
 *   The WebSocket frame is made once, too, and written below `ws`, which would make a header for each socket and write it
 *   apart (a bare loop of such frames costs 0.83x, docs/performance.md). Nothing of ours is compressed, so ws keeps nothing back that could be overtaken.
 * - In: well-formed pushes and carets go to HOT_CALLS; tRPC is handed an empty batch in their place. Everything else, and
 *   everything before the socket's login is known, is tRPC's.
 */
import type { Socket } from 'node:net'
import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server'
import { errorShape, HOT_CALLS, type HotContext } from '@tandem/api'
import type { BinaryEncoder, Lane, LaneSource, SessionId } from '@tandem/sync'
import { WebSocket } from 'ws'
import type { DeliveryTurn, RequestId } from './delivery-turn.ts'
import type { SocketGate } from './socket-gate.ts'
import { webSocketFrame } from './web-socket-frame.ts'

/** Nobody waits for what these answer: it leaves with whatever goes to that socket next, or a moment later. */
const PATIENT_CALLS: ReadonlySet<string> = new Set(['document.presence'])
/** What tRPC pulls after a welcome. */
const FRAMES_OF_A_LOG: ReadonlySet<unknown> = new Set(['snapshot', 'changes'])
/** Far below LIMITS.socketMarkBytes, which is looked at before each frame. */
const MOST_TOGETHER_BYTES = 16 * 1024

interface FastLaneOptions {
  readonly ws: WebSocket
  /** Below `ws`. */
  readonly raw: Socket
  readonly gate: SocketGate
  readonly turn: DeliveryTurn
  readonly encoder: BinaryEncoder
  /** As tRPC's: a hot call has failed. */
  readonly onError: (failed: { error: TRPCError; path: string }) => void
}

/** The hot path of one socket. Give tRPC its `encoder`, rooms the lane itself. */
export class FastLane implements Lane {
  readonly encoder: BinaryEncoder
  readonly #options: FastLaneOptions
  #ctx: HotContext | undefined
  readonly #requests = new Map<SessionId, RequestId>()
  readonly #offered: LaneSource[] = []
  readonly #answers: Uint8Array[] = []
  readonly #together: OneWrite

  constructor(options: FastLaneOptions) {
    this.#options = options
    this.#together = new OneWrite(options.raw)
    this.encoder = {
      encode: (message) => this.#stored(message) ?? options.encoder.encode(message),
      decode: (data) => this.#withoutHot(options.encoder.decode(data)),
    }
  }

  /** Whose calls these are is known; until then nothing is taken from tRPC. */
  open(ctx: HotContext): void {
    this.#ctx = ctx
  }

  offer(source: LaneSource): void {
    this.#offered.push(source)
    this.#options.turn.add(this)
  }

  /** For DeliveryTurn: sends what has gathered. Makes no object of its own: in a crowd this is most of what a delivery is. */
  flush(): void {
    const { ws, raw } = this.#options
    try {
      if (ws.readyState !== WebSocket.OPEN || !raw.writable) return
      for (const answer of this.#answers) this.#together.add(answer)
      for (const source of this.#offered) {
        const id = this.#requests.get(source.id)
        if (id === undefined || !this.#sendAll(source, id)) source.resume()
      }
    } finally {
      this.#answers.length = this.#offered.length = 0
      this.#together.end()
    }
  }

  /** False: the socket is full, something may be left. */
  #sendAll(source: LaneSource, id: RequestId): boolean {
    const { gate, turn } = this.#options
    while (gate.isOpen) {
      const frame = source.take()
      if (frame === undefined) return true
      this.#together.add(turn.message(id, frame))
    }
    return false
  }

  /** What tRPC answers: of a session that reads the log, the message, made from frames that others have been sent. */
  #stored(message: unknown): Uint8Array<ArrayBuffer> | undefined {
    if (!isRecord(message) || !isRequestId(message['id']) || message['jsonrpc'] !== undefined) return undefined
    const { id, result } = message
    if (!isRecord(result) || result['type'] === 'stopped') return this.#forget(id) // sessions end with an error or with this
    const { data } = result
    if (!isRecord(data)) return undefined
    if (data['type'] === 'welcome') this.#requests.set(data['sessionId'] as SessionId, id)
    // Only frames of ours: what other subscriptions yield may be one object that changes.
    const isFrame = FRAMES_OF_A_LOG.has(data['type']) && this.#isSession(id)
    return isFrame ? this.#options.turn.storedMessage(id, data) : undefined
  }

  #isSession(id: RequestId): boolean {
    for (const request of this.#requests.values()) if (request === id) return true
    return false
  }

  #forget(id: RequestId): undefined {
    for (const [sessionId, request] of this.#requests) if (request === id) this.#requests.delete(sessionId)
    return undefined
  }

  /** What is left for tRPC. */
  #withoutHot(message: unknown): unknown {
    const ctx = this.#ctx
    if (ctx === undefined) return message
    if (Array.isArray(message)) return message.filter((call) => !this.#take(ctx, call))
    return this.#take(ctx, message) ? [] : message
  }

  /** True: it is answered from here. */
  #take(ctx: HotContext, message: unknown): boolean {
    if (!isRecord(message) || message['method'] !== 'mutation' || message['jsonrpc'] !== undefined) return false
    const { id, params } = message
    if (!isRequestId(id) || !isRecord(params) || params['lastEventId'] !== undefined) return false
    const path = params['path']
    if (typeof path !== 'string') return false
    const answer = HOT_CALLS.get(path)?.(ctx, params['input'])
    if (answer === undefined) return false
    answer.then(
      (data) => this.#answer({ id, result: { type: 'data', data } }, path),
      (cause: unknown) => {
        const error = getTRPCErrorFromUnknown(cause)
        this.#options.onError({ error, path })
        this.#answer({ id, error: errorShape(error) }, path)
      },
    )
    return true
  }

  #answer(message: object, path: string): void {
    const { encoder, turn } = this.#options
    this.#answers.push(webSocketFrame(encoder.encode(message)))
    if (PATIENT_CALLS.has(path)) turn.addPatient(this)
    else turn.add(this)
  }
}

/** Small frames as one buffer: copying a few kilobytes costs less than a second entry in the stream's queue. */
class OneWrite {
  readonly #raw: Socket
  readonly #frames: Uint8Array[] = []
  #bytes = 0

  constructor(raw: Socket) {
    this.#raw = raw
  }

  add(frame: Uint8Array): void {
    if (this.#bytes + frame.byteLength > MOST_TOGETHER_BYTES) this.end()
    this.#frames.push(frame)
    this.#bytes += frame.byteLength
  }

  end(): void {
    const [first] = this.#frames
    if (first === undefined) return
    const together = this.#frames.length === 1 ? first : Buffer.concat(this.#frames, this.#bytes)
    this.#frames.length = 0
    this.#bytes = 0
    this.#raw.write(together)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value))
}
