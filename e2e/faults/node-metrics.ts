import { setTimeout as pause } from 'node:timers/promises'

/** What a node says of itself under /metrics, by name without the `tandem_` in front. Throws when it says nothing of the kind. */
export async function metric(node: { readonly port: number }, name: string): Promise<number> {
  return valueOf(await scrape(node), name)
}

/** Several of one moment; names with labels as they are written there: `in_flight{what="push"}`. */
export async function metrics<Name extends string>(
  node: { readonly port: number },
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const text = await scrape(node)
  return Object.fromEntries(names.map((name) => [name, valueOf(text, name)])) as Record<Name, number>
}

const LOOK_EVERY_MS = 250

/**
 * Looks at metrics until stopped, and returns the greatest value of each. Some begin anew at every scrape: nobody else
 * may look at the same node meanwhile.
 */
export function watchGreatest<Name extends string>(
  node: { readonly port: number },
  names: readonly Name[],
): { stop(): Promise<Record<Name, number>> } {
  const stopping = new AbortController()
  const greatest = Object.fromEntries(names.map((name) => [name, -Infinity])) as Record<Name, number>
  const look = async (): Promise<void> => {
    const text = await scrape(node)
    for (const name of names) greatest[name] = Math.max(greatest[name], valueOf(text, name))
  }
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await look()
      await pause(LOOK_EVERY_MS)
    }
    await look()
    return greatest
  })()
  return {
    stop: () => {
      stopping.abort()
      return watching
    },
  }
}

async function scrape({ port }: { readonly port: number }): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
}

function valueOf(text: string, name: string): number {
  const value = new RegExp(`^tandem_${name} (\\S+)$`, 'm').exec(text)?.[1]
  if (value === undefined) throw new RangeError(`The node has no metric tandem_${name}.`)
  return Number(value)
}
