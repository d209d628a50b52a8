import type { ReplicaStore, SetAside, StoredReplica, Unsent } from '../src/replica-store.ts'
import type { ReplicaId, ResumeToken } from '../src/protocol.ts'
import type { Sleeper } from './schedule.ts'
import { keyOf, type WorldBrowser } from './world-browser.ts'
import type { World } from './world.ts'

/** One page's way to its browser's disk: what a write resolved for is there after a crash, what is still on its way is lost with the page. */
export class WorldStore implements ReplicaStore {
  readonly #world: World
  readonly browser: WorldBrowser
  readonly #lane: string
  readonly #page: Sleeper
  refuses = false
  /** What was said of the schema when it was loaded. */
  loadedSchema = 0
  #crashed = false
  #replicaId: ReplicaId | undefined
  #life = 0
  /** Push ids that are not settled. */
  readonly #unsent = new Set<number>()
  #heldToken: ResumeToken | undefined

  constructor(world: World, { browser, lane, page }: { browser: WorldBrowser; lane: string; page: Sleeper }) {
    this.#world = world
    this.browser = browser
    this.#lane = lane
    this.#page = page
  }

  crash(): void {
    this.#crashed = true
    if (this.#replicaId !== undefined) this.browser.gone(this.#replicaId)
  }

  /** Adopts what pages that are gone have left, under fresh push ids of a new replica. */
  load(): Promise<StoredReplica> {
    return this.#write(() => {
      const { browser } = this
      const replicaId = this.#world.random.id() as ReplicaId
      const adopted = browser.left().map((unsent, index) => ({ ...unsent, replicaId, pushId: index + 1 }))
      for (const left of browser.left()) browser.unsent.delete(keyOf(left))
      for (const unsent of adopted) {
        browser.unsent.set(keyOf(unsent), unsent)
        this.#unsent.add(unsent.pushId)
      }
      browser.opened(replicaId, this.#page)
      this.#replicaId = replicaId
      this.#life = browser.life
      this.loadedSchema = Math.max(browser.schemaVersion, ...adopted.map(({ schemaVersion }) => schemaVersion))
      return {
        replicaId,
        updates: [...browser.updates],
        token: browser.token,
        unsent: adopted,
        lastPushId: adopted.length,
        schemaVersion: this.loadedSchema,
        tabs: browser.tabsOf(replicaId, (write) => this.#write(write)),
      }
    })
  }

  keep(_: unknown, { pushId, update }: Unsent, schemaVersion: number): Promise<void> {
    const replicaId = this.#mine()
    this.#unsent.add(pushId)
    const unsent = { pushId, update, replicaId, schemaVersion }
    return this.#write(() => this.browser.keep(unsent))
  }

  async settle(_: unknown, { pushId, update }: Unsent, pageSchema: number): Promise<void> {
    const replicaId = this.#mine()
    const isLast = this.#unsent.size === 0 || (this.#unsent.size === 1 && this.#unsent.has(pushId))
    const token = isLast ? this.#takeHeldToken() : undefined
    this.#unsent.add(pushId)
    await this.#write(() => {
      const unsent = this.browser.unsent.get(keyOf({ replicaId, pushId }))
      this.#add([update], token, unsent?.schemaVersion ?? pageSchema)
      this.browser.unsent.delete(keyOf({ replicaId, pushId }))
    })
    this.#unsent.delete(pushId)
    await this.#storeHeldToken()
  }

  async receive(_: unknown, token: ResumeToken, updates: readonly Uint8Array[], schemaVersion: number): Promise<void> {
    const wasSettled = this.#unsent.size === 0
    await this.#write(() => this.#add(updates, wasSettled ? token : undefined, schemaVersion))
    this.#heldToken = wasSettled ? undefined : token
    await this.#storeHeldToken()
  }

  setAside(_: unknown, copy: SetAside | undefined): Promise<void> {
    const replicaId = this.#mine()
    return this.#write(() => {
      this.browser.setAside({ replicaId, life: this.#life }, copy)
      this.#unsent.clear()
    })
  }

  #mine(): ReplicaId {
    if (this.#replicaId === undefined) throw new Error('The store was not loaded.')
    return this.#replicaId
  }

  /** A token waits as long as it may cover a push that is only this page's unsent work. */
  async #storeHeldToken(): Promise<void> {
    const token = this.#unsent.size === 0 ? this.#takeHeldToken() : undefined
    if (token !== undefined) await this.#write(() => this.#add([], token, 0))
  }

  #takeHeldToken(): ResumeToken | undefined {
    const token = this.#heldToken
    this.#heldToken = undefined
    return token
  }

  #add(updates: readonly Uint8Array[], token: ResumeToken | undefined, schemaVersion: number): void {
    const { browser } = this
    if (browser.life !== this.#life) return
    browser.schemaVersion = Math.max(browser.schemaVersion, schemaVersion)
    browser.updates.push(...updates)
    if (token !== undefined && token.seq >= (browser.token?.seq ?? 0)) browser.token = token
  }

  #write<T>(write: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (): void => {
        if (this.#crashed) return
        if (this.refuses) reject(new Error('QuotaExceededError'))
        else resolve(write())
      }
      this.#world.schedule.add(run, this.#lane, this.#page)
    })
  }
}
