import type { NodeId } from '@tandem/sync'
import { z } from 'zod'

const ANSWER_MS = 2_000
const Readiness = z.object({ ready: z.literal(true), node: z.string() })

/**
 * Asks the cluster's load balancer for a node that is ready. Only a ready node other than this one counts: this one may be
 * what the balancer leads to. Never rejects: a balancer that does not answer leads nobody anywhere.
 */
export async function anotherNodeIsReady(balancerUrl: string, own: NodeId): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/readyz', balancerUrl), { signal: AbortSignal.timeout(ANSWER_MS) })
    const { data } = Readiness.safeParse(await answer.json())
    return data !== undefined && data.node !== own
  } catch {
    return false // unreachable, or no answer of ours
  }
}
