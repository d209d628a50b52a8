import { mergedUpdates } from '../src/merged-updates.ts'
import type { SetAside, Unsent } from '../src/replica-store.ts'
import type { ReplicaId, ResumeToken } from '../src/protocol.ts'
import type { TabMessage, Tabs } from '../src/tab-sharing.ts'
import * as Y from 'yjs'
import type { Sleeper } from './schedule.ts'
import type { World } from './world.ts'

type KeptUnsent = Unsent & { readonly replicaId: ReplicaId; readonly schemaVersion: number }

interface OpenTab {
  readonly life: number
  readonly page: Sleeper
  hear: ((message: TabMessage) => void) | undefined
  /** Present while it waits to lead, or does. */
  granted: (() => void) | undefined
}

/** One person's browser: its disk, and what its open tabs can do for each other. */
export class WorldBrowser {
  readonly #world: World
  /** Yjs client ids of all its pages. */
  readonly clientIds = new Set<number>()
  updates: Uint8Array[] = []
  token: ResumeToken | undefined
  schemaVersion = 0
  /** Counts the lives of the stored copy. */
  life = 1
  readonly unsent = new Map<string, KeptUnsent>()
  readonly #copies = new Map<number, { readonly reason: string; readonly whole: Uint8Array }>()
  readonly #tabs = new Map<ReplicaId, OpenTab>()
  readonly #leads = new Set<OpenTab>()

  constructor(world: World) {
    this.#world = world
  }

  opened(replicaId: ReplicaId, page: Sleeper): void {
    this.#tabs.set(replicaId, { life: this.life, page, hear: undefined, granted: undefined })
  }

  /** Closed or crashed: its locks are free, and whoever leads may take over what it has kept. */
  gone(replicaId: ReplicaId): void {
    const tab = this.#tabs.get(replicaId)
    this.#tabs.delete(replicaId)
    if (tab === undefined) return
    this.#grant(tab.life)
    const { schedule } = this.#world
    schedule.add(() => {
      const leader = this.#leader(tab.life)
      if (leader?.page.isAsleep) schedule.add(() => leader.granted?.(), undefined, leader.page)
      else leader?.granted?.()
    })
  }

  /** Through which clock of each Yjs client anything was ever kept here. */
  readonly everKept = new Map<number, number>()

  keep(unsent: KeptUnsent): void {
    this.unsent.set(keyOf(unsent), unsent)
    for (const [client, clock] of reachedIn(unsent.update))
      this.everKept.set(client, Math.max(clock, this.everKept.get(client) ?? 0))
  }

  /** [REP-4] [TAB-4] What was kept is in the log, in a copy, or still kept. Undefined: it is so. */
  lostOf(truth: Y.Doc): string | undefined {
    const elsewhere = [
      ...this.copies.map(({ whole }) => whole),
      ...[...this.unsent.values()].map(({ update }) => update),
    ]
    const held = elsewhere.map(reachedIn)
    for (const [client, clock] of this.everKept) {
      const through = Math.max(Y.getState(truth.store, client), ...held.map((reached) => reached.get(client) ?? 0))
      if (through < clock) return `${client}:${clock} was kept; ${through} is the last that is anywhere`
    }
    return undefined
  }

  /** Kept by pages that are gone. */
  left(): KeptUnsent[] {
    return [...this.unsent.values()].filter(({ replicaId }) => !this.#tabs.has(replicaId))
  }

  /** [TAB-4] Of each page all or nothing. */
  #leftFor(schemaVersion: number): KeptUnsent[] {
    const left = this.left()
    const tooNew = new Set(
      left.filter((unsent) => unsent.schemaVersion > schemaVersion).map(({ replicaId }) => replicaId),
    )
    return left.filter(({ replicaId }) => !tooNew.has(replicaId))
  }

  /** [TAB-7] What tabs of one life put aside is one copy. */
  setAside(tab: { replicaId: ReplicaId; life: number }, copy: SetAside | undefined): void {
    if (tab.life === this.life) {
      this.updates = []
      this.token = undefined
      this.schemaVersion = 0
      this.life += 1
    }
    for (const [key, unsent] of this.unsent) if (unsent.replicaId === tab.replicaId) this.unsent.delete(key)
    if (copy === undefined) return
    const before = this.#copies.get(tab.life)
    const whole = before === undefined ? copy.whole : mergedUpdates([before.whole, copy.whole])
    this.#copies.set(tab.life, { reason: copy.reason, whole })
  }

  get copies(): readonly { readonly reason: string; readonly whole: Uint8Array }[] {
    return [...this.#copies.values()]
  }

  /** As a tab reaches the others; `write` is a write to this browser's disk. */
  tabsOf(replicaId: ReplicaId, write: <T>(write: () => T) => Promise<T>): Tabs {
    const own = this.#tabs.get(replicaId)
    if (own === undefined) throw new RangeError('That tab is not open.')
    const { life } = own
    return {
      tell: (message) => this.#tell(replicaId, message),
      hear: (listener) => {
        own.hear = listener
        return () => (own.hear = undefined)
      },
      lead: (granted) => {
        own.granted = granted
        this.#grant(life)
        return () => {
          own.granted = undefined
          this.#leads.delete(own)
          this.#grant(life)
        }
      },
      left: async (schemaVersion) => {
        const left = await write(() => this.#leftFor(schemaVersion))
        return {
          updates: left.map(({ update }) => update),
          forget: () => write(() => left.forEach((unsent) => this.unsent.delete(keyOf(unsent)))),
        }
      },
    }
  }

  #leader(life: number): OpenTab | undefined {
    return [...this.#tabs.values()].find((tab) => tab.life === life && this.#leads.has(tab))
  }

  #grant(life: number): void {
    if (this.#leader(life) !== undefined) return
    const next = [...this.#tabs.values()].find((tab) => tab.life === life && tab.granted !== undefined)
    if (next === undefined) return
    this.#leads.add(next)
    this.#world.schedule.add(() => next.granted?.(), undefined, next.page)
  }

  #tell(from: ReplicaId, message: TabMessage): void {
    const { schedule, random, faults } = this.#world
    const life = this.#tabs.get(from)?.life
    for (const [replicaId, tab] of this.#tabs) {
      if (replicaId === from || tab.life !== life) continue
      const times = random.chance(faults.tabLoss) ? 0 : random.chance(faults.tabLoss) ? 2 : 1
      for (let time = 0; time < times; time += 1) {
        const hear = (): void => {
          this.#world.count('tab_messages')
          tab.hear?.(message)
        }
        schedule.add(hear, undefined, tab.page)
      }
    }
  }
}

export function keyOf({ replicaId, pushId }: { replicaId: ReplicaId; pushId: number }): string {
  return `${replicaId} ${pushId}`
}

function reachedIn(update: Uint8Array): ReadonlyMap<number, number> {
  const reached = new Map<number, number>()
  for (const { id, length } of Y.decodeUpdate(update).structs) {
    const before = reached.get(id.client) ?? 0
    reached.set(id.client, Math.max(before, id.clock + length))
  }
  return reached
}
