import { decodeUpdate } from './decoded-update.ts'
import { SyncError } from './errors.ts'
import type { DecodedPart } from './known-log.ts'
import type { Author, Clock } from './ports.ts'
import type { Push } from './protocol.ts'
import type { UpdateContents } from './update-contents.ts'

/** A big edit whose last part has not come. */
interface Held {
  readonly name: string
  readonly parts: DecodedPart[]
  bytes: number
  heardMs: number
}

/** Held by one node, of everybody. */
const HELD_BYTES = 256 * 1024 * 1024
/** A sender that has been silent for this long has gone, or begins again. */
const SILENT_MS = 30_000

/**
 * [PART-4] Parts of big edits that wait for their last. They are nothing yet: in memory only, never acked, shown or
 * logged, gone with the node. Bounded: one edit at a time for each user and document, HELD_BYTES for all.
 */
export class HeldParts {
  readonly #clock: Pick<Clock, 'now'>
  readonly #contents: UpdateContents
  readonly #held = new Map<string, Held>()

  /** `contents`: what pushed updates may hold; anything plain unless said. */
  constructor(clock: Pick<Clock, 'now'>, contents: UpdateContents = {}) {
    this.#clock = clock
    this.#contents = contents
  }

  /**
   * The whole edit, once its last part is here; undefined while more are to come. A first part begins anew. Throws SyncError
   * 'parts-missing' when those before it are not here: the sender begins again; 'overloaded' when there is no room;
   * and what `decodeUpdate` throws.
   */
  add(author: Author, input: Push): readonly DecodedPart[] | undefined {
    const added = { update: input.update, decoded: decodeUpdate(input.update, this.#contents) }
    const { part } = input
    if (part === undefined) return [added]
    const key = `${input.documentId} ${author.userId}`
    const name = `${input.replicaId} ${input.pushId} ${part.of}`
    const held = part.part === 1 ? this.#begin(key, name, input) : this.#held.get(key)
    if (held?.name !== name || held.parts.length !== part.part - 1) {
      const message = `Part ${part.part} of ${part.of} came without those before it. Send all of them again.`
      throw new SyncError('parts-missing', message)
    }
    this.#makeRoom(added.update.byteLength)
    held.parts.push(added)
    held.bytes += added.update.byteLength
    held.heardMs = this.#clock.now()
    if (part.part < part.of) return undefined
    this.#held.delete(key)
    return held.parts
  }

  /** To be called every few seconds: what its sender has left behind takes no memory for long. */
  forgetSilent(): void {
    for (const [key, held] of this.#held) if (this.#isSilent(held)) this.#held.delete(key)
  }

  /** Another replica of the same user waits until this one is done or silent. */
  #begin(key: string, name: string, { replicaId }: Push): Held {
    const before = this.#held.get(key)
    if (before !== undefined && !before.name.startsWith(`${replicaId} `) && !this.#isSilent(before)) {
      const message = 'Another big edit of yours is on its way to this document. Send again in a moment.'
      throw new SyncError('overloaded', message)
    }
    const held = { name, parts: [], bytes: 0, heardMs: this.#clock.now() }
    this.#held.set(key, held)
    return held
  }

  #makeRoom(bytes: number): void {
    const total = [...this.#held.values()].reduce((sum, held) => sum + held.bytes, bytes)
    if (total <= HELD_BYTES) return
    throw new SyncError(
      'overloaded',
      `Big edits of more than ${HELD_BYTES} bytes are on their way. Send again in a moment.`,
    )
  }

  #isSilent({ heardMs }: Held): boolean {
    return this.#clock.now() - heardMs > SILENT_MS
  }
}
