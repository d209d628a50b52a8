import type { Chance, Clock } from '@tandem/sync'

const ID_BYTES = 16

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

export const systemChance: Chance = {
  id() {
    const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES))
    return btoa(String.fromCharCode(...bytes))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
  },
  fraction: () => Math.random(),
}
