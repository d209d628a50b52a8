import type { Target } from '../clients/client.ts'
import type { Figures } from './jobs.ts'

/** Where an update waits inside a Tandem node, in the order in which it passes. The rest of its time is sockets and other processes. */
export const HOPS = {
  push_wait: 'until its append begins',
  commit: 'until that is on disk',
  delivery: 'until it is handed to sockets',
} as const satisfies Readonly<Record<string, string>>

const QUANTILES = { p50: 0.5, p99: 0.99 }

/** Upper edges in seconds, ascending, with how many took at most that long. */
type Histogram = readonly (readonly [edge: number, count: number])[]

export type HopHistograms = Readonly<Record<string, Histogram>>

/** As `/metrics` says them now, since the node has started. */
export async function hopsOf({ url }: Target): Promise<HopHistograms> {
  const response = await fetch(`${url}/metrics`)
  if (!response.ok) throw new Error(`The node's /metrics answered ${response.status}.`)
  const text = await response.text()
  return Object.fromEntries(Object.keys(HOPS).map((hop) => [hop, histogramOf(text, hop)]))
}

function histogramOf(text: string, hop: string): Histogram {
  const lines = text.matchAll(new RegExp(`^tandem_${hop}_seconds_bucket\\{le="([^"]+)"\\} (\\d+)$`, 'gm'))
  return [...lines].map(([, edge, count]) => [edge === '+Inf' ? Infinity : Number(edge), Number(count)] as const)
}

/** Milliseconds of what happened between the two, as `hop p50` and so on; within a bucket as if spread evenly. */
export function hopFigures(before: HopHistograms, after: HopHistograms): Figures {
  const figures: Record<string, number> = {}
  for (const [hop, histogram] of Object.entries(after)) {
    const counts = histogram.map(([edge, count], at) => [edge, count - (before[hop]?.[at]?.[1] ?? 0)] as const)
    for (const [name, share] of Object.entries(QUANTILES)) figures[`${hop} ${name}`] = quantileOf(counts, share) * 1000
  }
  return figures
}

function quantileOf(histogram: Histogram, share: number): number {
  const wanted = (histogram.at(-1)?.[1] ?? 0) * share
  let [lower, below] = [0, 0]
  for (const [edge, count] of histogram) {
    if (count >= wanted && count > below)
      return edge === Infinity ? lower : lower + ((edge - lower) * (wanted - below)) / (count - below)
    lower = edge
    below = count
  }
  return Number.NaN
}

/** One line for a reader; undefined: nobody measured it. */
export function hopLine(figures: Figures | undefined): string | undefined {
  if (figures?.['commit p50'] === undefined) return undefined
  const ms = (key: string): string => (figures[key] ?? Number.NaN).toFixed(1)
  const hops = Object.entries(HOPS).map(([hop, words]) => `${words} ${ms(`${hop} p50`)} (${ms(`${hop} p99`)})`)
  return `Where Tandem's updates waited in the node, ms p50 (p99): ${hops.join('; ')}.`
}
