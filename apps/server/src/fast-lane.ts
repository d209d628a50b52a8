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
import {
  LIMITS,
  Packed,
  type BinaryEncoder,
  type Changes,
  type Lane,
  type LaneSource,
  type PresenceChange,
  type SessionId,
} from '@tandem/sync'
import { WebSocket } from 'ws'
import type { SocketGate } from './socket-gate.ts'
import { webSocketFrame } from './web-socket-frame.ts'

type RequestId = number | string

/** Nobody waits for what these answer: it leaves with whatever goes to that socket next, or a moment later. */
const PATIENT_CALLS: ReadonlySet<string> = new Set(['document.presence'])
const PATIENCE_MS = LIMITS.presenceFrameMs
/** Far below LIMITS.socketMarkBytes, which is looked at before each frame. */
const MOST_TOGETHER_BYTES = 16 * 1024
/** Clients count their requests: most sessions have one of the first numbers. */
const KEPT_ENVELOPES = 1_000

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
  #offered: LaneSource[] = []
  #answers: Uint8Array[] = []

  constructor(options: FastLaneOptions) {
    this.#options = options
    this.encoder = {
      encode: (message) => {
        this.#watch(message)
        return options.encoder.encode(message)
      },
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

  /** For DeliveryTurn: sends what has gathered. */
  flush(): void {
    const { ws, raw } = this.#options
    const [answers, offered] = [this.#answers, this.#offered]
    if (answers.length > 0) this.#answers = []
    if (offered.length > 0) this.#offered = []
    if (answers.length === 0 && offered.length === 0) return
    if (ws.readyState !== WebSocket.OPEN || !raw.writable) return
    const together = new OneWrite(raw)
    for (const answer of answers) together.add(answer)
    for (const source of offered) {
      const id = this.#requests.get(source.id)
      if (id === undefined || !this.#sendAll(source, id, together)) source.resume()
    }
    together.end()
  }

  /** False: the socket is full, something may be left. */
  #sendAll(source: LaneSource, id: RequestId, together: OneWrite): boolean {
    const { gate, turn } = this.#options
    while (gate.isOpen) {
      const frame = source.take()
      if (frame === undefined) return true
      together.add(turn.message(id, frame))
    }
    return false
  }

  /** What a request is about, as tRPC answers it. Sessions end with an error or with `stopped`. */
  #watch(message: unknown): void {
    if (!isRecord(message) || !isRequestId(message['id']) || message['jsonrpc'] !== undefined) return
    const { id, result } = message
    if (!isRecord(result)) return this.#forget(id)
    if (result['type'] === 'stopped') return this.#forget(id)
    const { data } = result
    if (isRecord(data) && data['type'] === 'welcome') this.#requests.set(data['sessionId'] as SessionId, id)
  }

  #forget(id: RequestId): void {
    for (const [sessionId, request] of this.#requests) if (request === id) this.#requests.delete(sessionId)
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
  #frames: Uint8Array[] = []
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
    this.#raw.write(this.#frames.length === 1 ? first : Buffer.concat(this.#frames, this.#bytes))
    this.#frames = []
    this.#bytes = 0
  }
}

/** What leaves a node in one turn of the event loop, over all its sockets, after everything that arrived in it. */
export class DeliveryTurn {
  readonly #onFault: (error: unknown) => void
  readonly #encode: BinaryEncoder['encode']
  #lanes = new Set<FastLane>()
  readonly #patient = new Set<FastLane>()
  #isPatienceTimed = false
  /** Frames that several get are one object: encoded once, and again only under another request id. */
  readonly #bodies = new Map<Changes, Uint8Array>()
  readonly #messages = new Map<Changes, Map<RequestId, Uint8Array>>()
  readonly #carets = new Map<PresenceChange, Packed>()
  /** What comes before the frame in a message of each request. */
  readonly #envelopes = new Map<RequestId, Uint8Array>()

  /** `onFault`: a socket's flush has thrown, which it never should; the others' go on. */
  constructor(encode: BinaryEncoder['encode'], onFault: (error: unknown) => void) {
    this.#encode = encode
    this.#onFault = onFault
  }

  add(lane: FastLane): void {
    if (this.#lanes.size === 0) setImmediate(() => this.#flush())
    this.#lanes.add(lane)
  }

  /** It has something that may wait for company, but not for long. */
  addPatient(lane: FastLane): void {
    this.#patient.add(lane)
    if (this.#isPatienceTimed) return
    this.#isPatienceTimed = true
    setTimeout(() => this.#flushPatient(), PATIENCE_MS).unref()
  }

  #flushPatient(): void {
    this.#isPatienceTimed = false
    for (const lane of this.#patient) this.add(lane)
  }

  /** The WebSocket frame of the message in which tRPC would send this. The same bytes for the same frame and id. */
  message(id: RequestId, frame: Changes): Uint8Array {
    let ofFrame = this.#messages.get(frame)
    if (ofFrame === undefined) this.#messages.set(frame, (ofFrame = new Map<RequestId, Uint8Array>()))
    let message = ofFrame.get(id)
    if (message === undefined) ofFrame.set(id, (message = this.#messageOf(id, frame)))
    return message
  }

  #messageOf(id: RequestId, frame: Changes): Uint8Array {
    let body = this.#bodies.get(frame)
    if (body === undefined) this.#bodies.set(frame, (body = this.#encode(this.#withPacked(frame))))
    return webSocketFrame(this.#envelope(id), body)
  }

  /** Everybody in a document gets other carets, all but their own: each of them is encoded once. */
  #withPacked(frame: Changes): object {
    if (frame.presence === undefined) return frame
    const presence = frame.presence.map((change) => {
      let packed = this.#carets.get(change)
      if (packed === undefined) this.#carets.set(change, (packed = new Packed(change)))
      return packed
    })
    return { ...frame, presence }
  }

  #envelope(id: RequestId): Uint8Array {
    let envelope = this.#envelopes.get(id)
    if (envelope !== undefined) return envelope
    // Its last byte says nil: what is said in its place is the frame.
    envelope = this.#encode({ id, result: { type: 'data', data: null } }).subarray(0, -1)
    if (this.#envelopes.size === KEPT_ENVELOPES) this.#envelopes.clear()
    if (typeof id === 'number') this.#envelopes.set(id, envelope)
    return envelope
  }

  #flush(): void {
    const lanes = this.#lanes
    this.#lanes = new Set()
    for (const lane of lanes) {
      this.#patient.delete(lane)
      try {
        lane.flush()
      } catch (error) {
        this.#onFault(error)
      }
    }
    this.#bodies.clear()
    this.#messages.clear()
    this.#carets.clear()
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value))
}
