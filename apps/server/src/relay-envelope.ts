import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto'
import { binaryEncoder, RelayMessage, type NodeId, type Topic } from '@tandem/sync'

const SIGNATURE_BYTES = 32
const encoder = binaryEncoder()

/**
 * Signs what goes over Redis: only a node with the same SECRET_KEY is believed, and only on the channel it wrote to.
 * Layout: 32 bytes of HMAC-SHA256 over channel and rest | length of the sender's node id | node id | message.
 */
export class RelayEnvelope {
  /** As an object: from bytes it would be made anew for every message, which takes five times as long as signing. */
  readonly #key: KeyObject
  /** Tells deployments that share one Redis apart. */
  readonly prefix: string
  readonly #sender: Buffer

  constructor(node: NodeId, secretKey: string) {
    this.#key = createSecretKey(new Uint8Array(hkdfSync('sha256', secretKey, '', 'tandem relay 1', 32)))
    this.prefix = `tandem:${createHmac('sha256', this.#key).update('channel').digest('hex').slice(0, 8)}:`
    this.#sender = Buffer.from(node)
  }

  channel(topic: Topic | 'beat'): string {
    return this.prefix + topic
  }

  seal(channel: string, message: RelayMessage): Buffer {
    const body = Buffer.concat([Buffer.of(this.#sender.length), this.#sender, encoder.encode(message)])
    return Buffer.concat([this.#sign(channel, body), body])
  }

  /** Whether this node sent it; not proof, just reason enough not to look further. */
  isOwn(sealed: Buffer): boolean {
    const start = SIGNATURE_BYTES + 1
    return (
      sealed[SIGNATURE_BYTES] === this.#sender.length &&
      sealed.subarray(start, start + this.#sender.length).equals(this.#sender)
    )
  }

  /** Undefined for whatever another node with the same key did not write to this very channel. Never throws. */
  open(channel: string, sealed: Buffer): RelayMessage | undefined {
    if (sealed.length <= SIGNATURE_BYTES) return undefined
    const body = sealed.subarray(SIGNATURE_BYTES)
    if (!timingSafeEqual(sealed.subarray(0, SIGNATURE_BYTES), this.#sign(channel, body))) return undefined
    return decode(body.subarray(1 + (body[0] ?? 0)))
  }

  #sign(channel: string, body: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(channel).update('\0').update(body).digest()
  }
}

function decode(bytes: Uint8Array): RelayMessage | undefined {
  try {
    return RelayMessage.safeParse(encoder.decode(bytes)).data
  } catch {
    return undefined // signed with our key, but by a version that packs otherwise
  }
}
