import type { StageCluster } from './stage.ts'
import type { Writer } from './writers.ts'

export interface Verdict {
  /** C1 told saved, and not there. */
  readonly missing: readonly string[]
  /** C2 there more than once. */
  readonly twice: readonly string[]
  /** C3 deleted, told saved, and there again. */
  readonly risen: readonly string[]
  /** C4 how many different texts there are: replicas, and a fresh one from the log. */
  readonly texts: number
  /** C5 nodes that ended by themselves, errors nobody handled. */
  readonly crashes: readonly string[]
  /** C6 "saved" said while something was unsent. */
  readonly falselySaved: number
}

/** The set checker: after everything healed and was saved, what everybody was told has to be so. */
export function judge(writers: readonly Writer[], fresh: string, cluster: StageCluster): Verdict {
  const words = fresh.match(/<[^<>]+>/g) ?? []
  const count = new Map<string, number>()
  for (const word of words) count.set(word, (count.get(word) ?? 0) + 1)
  const deleted = new Set(writers.flatMap((writer) => [...writer.deleted]))
  const missing = writers.flatMap((writer) =>
    [...writer.savedTyped].filter((word) => !deleted.has(word) && !count.has(word)),
  )
  return {
    missing,
    twice: [...count].filter(([, times]) => times > 1).map(([word]) => word),
    risen: writers.flatMap((writer) => [...writer.savedDeleted].filter((word) => count.has(word))),
    texts: new Set([fresh, ...writers.map(({ text }) => text)]).size,
    crashes: cluster.nodes.flatMap((node) => {
      const unhandled = /nobody handled|unhandledRejection|uncaughtException/.test(node.log())
        ? [`${node.name}: an error nobody handled`]
        : []
      return node.running ? unhandled : [`${node.name} is not running`, ...unhandled]
    }),
    falselySaved: writers.reduce((sum, writer) => sum + writer.falselySaved, 0),
  }
}

/** What is wrong, in words; empty when C1 to C6 hold. */
export function breaches(verdict: Verdict): readonly string[] {
  const some = (what: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`${what}: ${items.length} (${items.slice(0, 5).join(' ')})`]
  return [
    ...some('C1 acked and missing', verdict.missing),
    ...some('C2 twice', verdict.twice),
    ...some('C3 deleted and back', verdict.risen),
    ...(verdict.texts === 1 ? [] : [`C4 ${verdict.texts} different texts`]),
    ...some('C5 crashes', verdict.crashes),
    ...(verdict.falselySaved === 0 ? [] : [`C6 falsely "saved" ${verdict.falselySaved} times`]),
  ]
}
