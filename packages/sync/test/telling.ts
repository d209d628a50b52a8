import { World } from './world.ts'

/** A story being told: its worlds come from its seed, and what was done last is known when it goes wrong. */
export class Telling {
  readonly seed: number
  readonly actions: string[] = []
  readonly happened = new Map<string, number>()
  #world: World | undefined

  constructor(seed: number) {
    this.seed = seed
  }

  /** Steps of the world it is in. */
  get step(): number {
    return this.#world?.schedule.ran ?? 0
  }

  /** Another world, from the same seed. */
  begin(options: { nodes: number }): World {
    this.end()
    this.#world = new World({ seed: this.seed, ...options })
    return this.#world
  }

  /** Adds up what happened. May be called twice. */
  end(): void {
    const happened = [...(this.#world?.happened ?? []), ['steps', this.step] as const]
    for (const [what, times] of happened) this.happened.set(what, (this.happened.get(what) ?? 0) + times)
    this.#world = undefined
  }
}
