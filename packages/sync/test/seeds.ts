import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Stories that once went wrong, each with what it taught. They are told again in every run. A change of scenario.ts or
 * actions.ts changes every story: a seed is kept as long as its story is the one it was kept for.
 */
export interface KeptSeed {
  readonly seed: number
  readonly reason: string
}

const FILE = new URL('kept-seeds.json', import.meta.url)

export function keptSeeds(): readonly KeptSeed[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as KeptSeed[]
}

/** A seed that is kept already keeps its reason. */
export function keepSeed(kept: KeptSeed): void {
  const others = keptSeeds()
  if (others.some(({ seed }) => seed === kept.seed)) return
  writeFileSync(FILE, `${JSON.stringify([...others, kept], undefined, 2)}\n`)
}
