import * as Y from 'yjs'
import { Replica } from '../src/replica.ts'
import type { Caret, Frame, UserId } from '../src/protocol.ts'
import { WorldBrowser } from './world-browser.ts'
import { WorldLink } from './world-link.ts'
import type { WorldNode } from './world-node.ts'
import { WorldStore } from './world-store.ts'
import type { World } from './world.ts'

/** A tab of a person's browser: types, loses the network, reloads the page, moves to another node. */
export class WorldReplica {
  readonly name: string
  readonly userId: UserId
  readonly world: World
  readonly browser: WorldBrowser
  store!: WorldStore
  doc = new Y.Doc()
  replica!: Replica
  link: WorldLink | undefined
  /** What its page can write; a page loaded later may be newer. */
  schemaVersion: number
  /** Schema version of the document, as its page was told. */
  toldSchema = 0
  caret: Caret = null
  /** Its browser has put the page to sleep: it holds what it holds, and nothing happens in it. */
  isAsleep = false
  /** The frame that is being taken in. */
  arriving: Frame | undefined
  /** What it types is named so. */
  readonly #label: string
  #typed = 0

  constructor(world: World, { name, besides }: { name: string; besides?: WorldReplica | undefined }) {
    this.world = world
    this.name = besides?.name ?? name // one person, in whichever tab
    this.#label = name
    this.browser = besides?.browser ?? new WorldBrowser(world)
    this.schemaVersion = world.schemaVersion
    this.userId = `user-${this.name}-xx` as UserId
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

  sleep(): void {
    this.isAsleep = true
  }

  /** Everything that somebody does with it does so, too. */
  wake(): void {
    this.isAsleep = false
  }

  /** At a place the seed decides, unless given. */
  type(text: string, at?: number): void {
    this.wake()
    if (!this.#hasEditor) return
    const body = this.doc.getText('body')
    body.insert(Math.min(at ?? this.world.random.int(body.length + 1), body.length), text)
  }

  /** A word nobody else types, so that it can be found again; at the end it splits no other word. */
  typeWord(at?: 'start' | 'end'): void {
    this.#typed += 1
    this.type(`<${this.#label}.${this.#typed}>`, at === undefined ? undefined : at === 'start' ? 0 : Infinity)
  }

  /** One edit of so many letters, which are nobody else's. */
  paste(letters: number): void {
    this.#typed += 1
    const name = `<${this.#label}.${this.#typed}:`
    this.type(`${name}${'x'.repeat(letters)}>`)
  }

  delete(at: number, length: number): void {
    this.wake()
    const body = this.doc.getText('body')
    if (this.#hasEditor && at < body.length) body.delete(at, Math.min(length, body.length - at))
  }

  /** Nobody gives one to an ended replica, nor to a page that is too old; who may not write tries anyway. */
  get #hasEditor(): boolean {
    return this.replica.view.phase !== 'ended' && !this.replica.view.isTooOld
  }

  /** Somewhere the seed decides. */
  moveCaret(): void {
    this.wake()
    if (this.replica.view.phase === 'ended') return
    const clock = this.world.random.int(1_000)
    const position = { type: null, tname: 'body', item: { client: this.doc.clientID, clock }, assoc: 0 }
    this.caret = { anchor: position, head: position }
    this.replica.setCaret(this.caret)
  }

  /** [PRES-2] Its node must not let it. */
  forgePresenceOf({ replica, userId }: WorldReplica): void {
    const { sessionId } = replica
    if (this.link === undefined || sessionId === undefined || userId === this.userId) return
    const { documentId, promises } = this.world
    this.link.presence({ documentId, sessionId, caret: null }).then(
      () => promises.break(`${this.name} moved another's caret.`),
      (error: unknown) => {
        if (!(error instanceof Error)) throw error
      },
    )
  }

  connect(node: WorldNode): void {
    this.wake()
    if (this.link !== undefined) this.disconnect()
    if (node.rooms === undefined) return
    this.link = new WorldLink(this, node)
    this.replica.attach(this.link)
  }

  /** The socket is gone: both ends hear of it, the node possibly later. */
  disconnect(): void {
    this.wake()
    const { link } = this
    this.link = undefined
    link?.cut()
    this.replica.detach()
  }

  /** The tab is gone, with everything that was not written to the browser's disk. */
  close(): void {
    this.disconnect()
    this.store.crash()
    void this.replica.stop()
  }

  /** The page is gone, with everything that was not written to the browser's disk; a new page starts over it. */
  reload(options: { schemaVersion?: number } = {}): void {
    this.close()
    this.schemaVersion = options.schemaVersion ?? this.schemaVersion
    this.toldSchema = 0
    this.caret = null
    this.doc = new Y.Doc()
    this.#startPage()
  }

  #startPage(): void {
    const { random, schedule, documentId } = this.world
    this.doc.clientID = random.int(2 ** 31)
    this.browser.clientIds.add(this.doc.clientID)
    this.store = new WorldStore(this.world, { browser: this.browser, lane: `store:${this.#label}`, page: this })
    this.doc.on('beforeTransaction', ({ local }: Y.Transaction) => {
      if (!local && this.arriving !== undefined) this.world.promises.applies(this, this.arriving)
    })
    const clock = {
      now: () => schedule.nowMs,
      after: (delayMs: number, run: () => void) => schedule.after(delayMs, run, this),
    }
    this.replica = new Replica(
      { documentId, doc: this.doc, schemaVersion: this.schemaVersion },
      { store: this.store, clock, chance: random },
    )
    void this.replica.start()
  }
}
