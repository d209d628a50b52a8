import type { DocumentHandle } from '@tandem/client'

/** Counts, from now on, how often something that was live is so no longer. */
export class Partings {
  #count = 0

  get count(): number {
    return this.#count
  }

  watch(handle: Pick<DocumentHandle, 'getSnapshot' | 'subscribe'>): void {
    const isLive = (): boolean => {
      const view = handle.getSnapshot()
      return view.status === 'open' && view.connection === 'live'
    }
    let wasLive = isLive()
    handle.subscribe(() => {
      if (wasLive && !isLive()) this.#count += 1
      wasLive = isLive()
    })
  }
}
