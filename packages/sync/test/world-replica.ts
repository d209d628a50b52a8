import * as Y from 'yjs'
import { Replica } from '../src/replica.ts'
import type { Caret, Frame, UserId } from '../src/protocol.ts'
import { WorldLink } from './world-link.ts'
import type { WorldNode } from './world-node.ts'
import { WorldStore } from './world-store.ts'
import type { World } from './world.ts'

/** A person with a browser: types, loses the network, reloads the page, moves to another node. */
export class WorldReplica {
  readonly name: string
  readonly userId: UserId
  readonly world: World
  readonly store: WorldStore
  doc = new Y.Doc()
  replica!: Replica
  link: WorldLink | undefined
  /** What its page can write; a page loaded later may be newer. */
  schemaVersion: number
  /** Schema version of the document, as its page was told. */
  toldSchema = 0
  caret: Caret = null
  /** The frame that is being taken in. */
  arriving: Frame | undefined
  /** Yjs client ids of all its pages. */
  readonly clientIds = new Set<number>()
  #typed = 0

  constructor(world: World, name: string) {
    this.world = world
    this.name = name
    this.schemaVersion = world.schemaVersion
    this.userId = `user-${name}-xx` as UserId
    this.store = new WorldStore(world, `store:${name}`)
    this.#startPage()
  }

  get text(): string {
    return this.doc.getText('body').toString()
  }

  get saving(): 'saved' | 'saving' | 'unsaved' {
    return this.replica.view.saving
  }

  get isConnected(): boolean {
    return this.link !== undefined
  }

  /** At a place the seed decides, unless given. */
  type(text: string, at?: number): void {
    if (!this.#hasEditor) return
    const body = this.doc.getText('body')
    body.insert(Math.min(at ?? this.world.random.int(body.length + 1), body.length), text)
  }

  /** A word nobody else types, so that it can be found again; at the end it splits no other word. */
  typeWord(at?: 'start' | 'end'): void {
    this.#typed += 1
    this.type(`<${this.name}${this.#typed}>`, at === undefined ? undefined : at === 'start' ? 0 : Infinity)
  }

  /** One edit of so many letters, which are nobody else's. */
  paste(letters: number): void {
    this.#typed += 1
    const name = `<${this.name}${this.#typed}:`
    this.type(`${name}${'x'.repeat(letters)}>`)
  }

  delete(at: number, length: number): void {
    const body = this.doc.getText('body')
    if (this.#hasEditor && at < body.length) body.delete(at, Math.min(length, body.length - at))
  }

  /** Nobody gives one to an ended replica, nor to a page that is too old; who may not write tries anyway. */
  get #hasEditor(): boolean {
    return this.replica.view.phase !== 'ended' && !this.replica.view.isTooOld
  }

  /** Somewhere the seed decides. */
  moveCaret(): void {
    if (this.replica.view.phase === 'ended') return
    const clock = this.world.random.int(1_000)
    const position = { type: null, tname: 'body', item: { client: this.doc.clientID, clock }, assoc: 0 }
    this.caret = { anchor: position, head: position }
    this.replica.setCaret(this.caret)
  }

  /** [PRES-2] Its node must not let it. */
  forgePresenceOf({ replica }: WorldReplica): void {
    const { sessionId } = replica
    if (this.link === undefined || sessionId === undefined || replica === this.replica) return
    const { documentId, promises } = this.world
    this.link.presence({ documentId, sessionId, caret: null }).then(
      () => promises.break(`${this.name} moved another's caret.`),
      (error: unknown) => {
        if (!(error instanceof Error)) throw error
      },
    )
  }

  connect(node: WorldNode): void {
    if (this.link !== undefined) this.disconnect()
    if (node.rooms === undefined) return
    this.link = new WorldLink(this, node)
    this.replica.attach(this.link)
  }

  /** The socket is gone: both ends hear of it, the node possibly later. */
  disconnect(): void {
    const { link } = this
    this.link = undefined
    link?.cut()
    this.replica.detach()
  }

  /** The page is gone, with everything that was not written to the browser's disk; a new page starts over it. */
  reload(options: { schemaVersion?: number } = {}): void {
    this.disconnect()
    this.store.crash()
    void this.replica.stop()
    this.schemaVersion = options.schemaVersion ?? this.schemaVersion
    this.toldSchema = 0
    this.caret = null
    this.doc = new Y.Doc()
    this.#startPage()
  }

  #startPage(): void {
    const { random, schedule, documentId } = this.world
    this.doc.clientID = random.int(2 ** 31)
    this.clientIds.add(this.doc.clientID)
    this.doc.on('beforeTransaction', ({ local }: Y.Transaction) => {
      if (!local && this.arriving !== undefined) this.world.promises.applies(this, this.arriving)
    })
    const clock = {
      now: () => schedule.nowMs,
      after: (delayMs: number, run: () => void) => schedule.after(delayMs, run),
    }
    this.replica = new Replica(
      { documentId, doc: this.doc, schemaVersion: this.schemaVersion },
      { store: this.store, clock, chance: random },
    )
    void this.replica.start()
  }
}
