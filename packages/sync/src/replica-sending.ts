import { Backoff, PUSH_BACKOFF_CAP_MS } from './backoff.ts'
import { PushLoop, type PushRefusals, type SendingOver } from './push-loop.ts'
import type { ReplicaOptions, ReplicaPorts } from './replica-options.ts'
import type { StoredReplica } from './replica-store.ts'
import type { Saves } from './save-traces.ts'
import { TabSharing, type TabListener } from './tab-sharing.ts'
import { UnsentWork } from './unsent-work.ts'

/** What a replica hears of its sending. */
export type SendingListener = PushRefusals & Omit<TabListener, 'changed'>

/** Everything of a replica that goes out: typed here, or in another tab of this browser, until it is acked. */
export class ReplicaSending {
  readonly #options: ReplicaOptions
  readonly #ports: ReplicaPorts
  readonly #on: SendingListener
  #unsent: UnsentWork | undefined
  #pushes: PushLoop | undefined
  #tabs: TabSharing | undefined
  #over: SendingOver | undefined
  #overSinceMs = 0
  /** Typed before the store was read. */
  readonly #early: Uint8Array[] = []

  constructor(options: ReplicaOptions, ports: ReplicaPorts, on: SendingListener) {
    this.#options = options
    this.#ports = ports
    this.#on = on
  }

  /** The store has been read: what it had of unsent work goes on, what was typed meanwhile comes after it. */
  begin(stored: StoredReplica): void {
    const { store, clock, chance } = this.#ports
    const unsent = new UnsentWork({ ...this.#options, store, stored, clock, changed: () => this.#changed() })
    this.#unsent = unsent
    const backoff = new Backoff(clock, chance, PUSH_BACKOFF_CAP_MS)
    this.#pushes = new PushLoop({ unsent, clock, backoff, refusals: this.#on })
    const { schemaVersion } = this.#options
    const { replicaId, tabs } = stored
    const on = { ...this.#on, changed: () => this.#changed() }
    if (tabs !== undefined) this.#tabs = new TabSharing({ tabs, replicaId, schemaVersion, clock, unsent, on })
    for (const update of this.#early.splice(0)) this.add(update)
  }

  /** Pushes, and what is not part of one yet; 0: everything is acked. */
  get count(): number {
    return this.#unsent?.count ?? this.#early.length
  }

  /** The last attempt was refused: it is tried again. */
  get isFailing(): boolean {
    return this.#pushes?.isFailing === true
  }

  /** The store refused: this work is only in memory. */
  get keptNowhere(): boolean {
    return this.#unsent?.keptNowhere === true
  }

  /** Undefined until the store has been read. */
  get saves(): Saves | undefined {
    return this.#unsent?.traces
  }

  /** Typed in this tab. */
  add(update: Uint8Array): void {
    const before = this.#unsent?.reach
    if (this.#unsent === undefined || before === undefined) return void this.#early.push(update)
    this.#unsent.add(update)
    this.#tabs?.typed(update, before)
  }

  /** Undefined: nothing can be sent now. */
  use(over: SendingOver | undefined): void {
    if (over?.link !== this.#over?.link) this.#overSinceMs = this.#ports.clock.now()
    this.#over = over
    if (this.#tabs) this.#tabs.hasLink = over !== undefined
    this.#send()
  }

  /** This page is too old for the document: another tab may be new enough. */
  leaveTabs(): void {
    this.#tabs?.end()
  }

  /** Resolves when nothing is being written to the store. */
  async written(): Promise<void> {
    await this.#unsent?.written()
  }

  #changed(): void {
    this.#tabs?.look()
    this.#send()
    this.#on.changed()
  }

  #send(): void {
    const maySend = this.#tabs?.maySend ?? true
    this.#pushes?.use(maySend ? this.#over : undefined, this.#overSinceMs)
  }
}
