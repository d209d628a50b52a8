import { FRAGMENT } from '@tandem/schema/version'
import { LIMITS, structsIn } from '@tandem/sync'
import * as Y from 'yjs'
import { must, withinMs, type Attack } from './attack.ts'
import type { Caller } from './caller.ts'
import { range } from './connection-attacks.ts'
import type { Scene } from './scene.ts'
import { headOf } from './update-attacks.ts'

const PIECE_BYTES = 1_000_000
/** As many as one socket may push in an hour, by people who together need minutes. */
const LOOP_PUSHES = LIMITS.pushesPerSecond * 3600
const LOOPERS = 12
const LOOP_TEXT = 'x'.repeat(50)

/** Somebody fills documents, and then another person would like to read them. */
export const A29: Attack = {
  id: 'A29',
  attack: `insert and delete again and again (${LOOP_PUSHES} pushes, an hour of one socket’s, by ${LOOPERS} people at once); then text without end, and structs without end`,
  passes: 'no more than 50 MB and 1 M structs: refused as document-full (4413); it can still be read and copied',
  missing: ({ loopPushes = 0 }) =>
    loopPushes >= LOOP_PUSHES ? undefined : `${loopPushes} pushes of the loop, not ${LOOP_PUSHES}`,
  async run(scene, full) {
    const looped = await Filling.begin(scene)
    const loopPushes = await loop(scene, looped.documentId, full ? LOOP_PUSHES : 48)
    const loopBytes = weightOf(scene, looped.documentId)
    const pieces = (1.2 * LIMITS.documentBytes) / PIECE_BYTES
    // Where it was: nothing of it can be merged away.
    await looped.fill(pieces, (text, piece) =>
      text.insert(0, String.fromCharCode(97 + (piece % 26)).repeat(PIECE_BYTES)),
    )
    const receivedMb = (await bytesRead(scene, looped.documentId, LIMITS.documentBytes * 0.8)) / 2 ** 20
    const crowded = await Filling.begin(scene)
    const eachStructs = LIMITS.updateStructs / 2
    const rounds = (1.2 * LIMITS.documentStructs) / eachStructs
    // Each before the one before it: no two of them are one.
    await crowded.fill(rounds, (text) => range(eachStructs).forEach((index) => text.insert(0, `${index % 10}`)))
    const crowdedBytes = weightOf(scene, crowded.documentId)
    must(crowdedBytes < LIMITS.documentBytes / 2, `it is full of ${crowdedBytes} bytes, not of structs`)
    must(crowded.structs > LIMITS.documentStructs * 0.9, `it was full at ${crowded.structs} structs`)
    await bytesRead(scene, crowded.documentId, crowdedBytes * 0.8)
    return {
      loopPushes,
      loopBytes,
      megabytes: weightOf(scene, looped.documentId) / 2 ** 20,
      receivedMb,
      structs: crowded.structs,
    }
  },
  met: ({ megabytes = Infinity, structs = Infinity }) => megabytes <= 50 && structs <= LIMITS.documentStructs,
}

/** One person fills a document of their own. */
class Filling {
  readonly documentId: string
  readonly #scene: Scene
  readonly #caller: Caller
  readonly #epoch: string
  readonly #doc = new Y.Doc({ gc: false })
  #taken = 0

  private constructor(scene: Scene, caller: Caller, names: { documentId: string; epoch: string }) {
    this.#scene = scene
    this.#caller = caller
    this.documentId = names.documentId
    this.#epoch = names.epoch
  }

  static async begin(scene: Scene): Promise<Filling> {
    const caller = await scene.caller(await scene.target.guest())
    const { data } = await caller.ask('mutation', 'documents.create', { title: 'Growing' })
    const { documentId } = data as { documentId: string }
    const joined = await caller.join(documentId)
    must(typeof joined !== 'string', `it could not be joined: ${JSON.stringify(joined)}`)
    return new Filling(scene, caller, { documentId, epoch: joined.epoch })
  }

  /** What was taken of it so far, as a document has it. */
  get structs(): number {
    return this.#taken
  }

  /** Edits until it is refused as full; throws when it is not, or is refused for something else, or then grows all the same. */
  async fill(most: number, edit: (text: Y.Text, round: number) => void): Promise<void> {
    let outcome: number | string = 0
    let round = 0
    for (; typeof outcome === 'number' && round < most; round += 1) {
      this.#taken = structsIn(this.#doc)
      outcome = await this.#push((text) => edit(text, round))
    }
    must(outcome === 'document-full', `after ${round} pushes: ${outcome}`)
    const head = headOf(this.#scene, this.documentId)
    must(typeof (await this.#push((text) => edit(text, round))) === 'string', 'it took more when full')
    must(headOf(this.#scene, this.documentId) === head, 'it was full, and its log grew')
  }

  #push(edit: (text: Y.Text) => void): Promise<number | string> {
    const before = Y.encodeStateVector(this.#doc)
    this.#doc.transact(() => edit(this.#doc.getText(FRAGMENT)))
    const update = Y.encodeStateAsUpdate(this.#doc, before)
    return this.#caller.push({ documentId: this.documentId, epoch: this.#epoch }, update)
  }
}

/** Several people, each with text of their own in one document. Resolves with how many pushes were taken. */
async function loop(scene: Scene, documentId: string, pushes: number): Promise<number> {
  let [begun, taken] = [0, 0]
  const looper = async (): Promise<void> => {
    const caller = await scene.caller(await scene.target.guest())
    const joined = await caller.join(documentId)
    must(typeof joined !== 'string', `it could not be joined: ${JSON.stringify(joined)}`)
    const doc = new Y.Doc()
    const text = doc.getText(FRAGMENT)
    while (begun < pushes) {
      begun += 2
      for (const edit of [() => text.insert(0, LOOP_TEXT), () => text.delete(0, LOOP_TEXT.length)]) {
        let update = new Uint8Array()
        doc.once('update', (made: Uint8Array) => (update = new Uint8Array(made)))
        edit()
        const outcome = await caller.push({ documentId, epoch: joined.epoch }, update)
        must(typeof outcome === 'number', `in the loop one was refused with ${outcome}`)
        taken += 1
      }
      caller.heard.length = 0 // it hears what everybody writes
    }
    caller.close()
  }
  await Promise.all(range(LOOPERS).map(looper))
  return taken
}

/** Somebody else opens it and reads so much. */
async function bytesRead(scene: Scene, documentId: string, wantedBytes: number): Promise<number> {
  const reader = await scene.caller(await scene.target.guest())
  let receivedBytes = 0
  const opened = await reader.join(documentId, (frame) => (receivedBytes += bytesIn(frame)))
  must(typeof opened !== 'string', `it cannot be opened any more: ${JSON.stringify(opened)}`)
  await withinMs(
    60_000,
    'it is read whole',
    untilSo(() => receivedBytes > wantedBytes),
  )
  reader.close()
  return receivedBytes
}

/** Of the newest snapshot and the rows after it. */
function weightOf({ target }: Scene, documentId: string): number {
  return Number(target.sql('select bytes from document where id = ?', documentId)[0]?.['bytes'])
}

/** Bytes of updates and pieces of snapshots in a frame. */
function bytesIn(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce<number>((sum, each) => sum + bytesIn(each), 0)
}

async function untilSo(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20))
}
