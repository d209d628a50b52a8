import { LIMITS, Packed, type BinaryEncoder, type Changes, type PresenceChange } from '@tandem/sync'
import { webSocketFrame } from './web-socket-frame.ts'

/** As JSON-RPC has it. */
export type RequestId = number | string

/** What a socket's lane does when its turn comes. */
export interface Flushed {
  flush(): void
}

const PATIENCE_MS = LIMITS.presenceFrameMs
/** Clients count their requests: most sessions have one of the first numbers. */
const KEPT_ENVELOPES = 1_000

/** What leaves a node in one turn of the event loop, over all its sockets, after everything that arrived in it. */
export class DeliveryTurn {
  readonly #onFault: (error: unknown) => void
  readonly #encode: BinaryEncoder['encode']
  #lanes = new Set<Flushed>()
  readonly #patient = new Set<Flushed>()
  #isPatienceTimed = false
  /** Frames that several get are one object: encoded once, and again only under another request id. */
  readonly #bodies = new Map<Changes, Uint8Array>()
  readonly #messages = new Map<Changes, Map<RequestId, Uint8Array>>()
  readonly #carets = new Map<PresenceChange, Packed>()
  /** Snapshots and stretches of a log, which whoever opens the document next gets too: for as long as the room keeps them. */
  readonly #stored = new WeakMap<object, Uint8Array>()
  /** What comes before the frame in a message of each request. */
  readonly #envelopes = new Map<RequestId, Uint8Array>()

  /** `onFault`: a socket's flush has thrown, which it never should; the others' go on. */
  constructor(encode: BinaryEncoder['encode'], onFault: (error: unknown) => void) {
    this.#encode = encode
    this.#onFault = onFault
  }

  add(lane: Flushed): void {
    if (this.#lanes.size === 0) setImmediate(() => this.#flush())
    this.#lanes.add(lane)
  }

  /** It has something that may wait for company, but not for long. */
  addPatient(lane: Flushed): void {
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

  /** The message in which tRPC sends a frame that a session reads from the log. The same bytes as without this. */
  storedMessage(id: RequestId, frame: object): Uint8Array<ArrayBuffer> {
    let body = this.#stored.get(frame)
    if (body === undefined) this.#stored.set(frame, (body = this.#encode(frame)))
    return Buffer.concat([this.#envelope(id), body])
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
