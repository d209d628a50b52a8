import type { FaultNode } from './fault-cluster.ts'
import { metric } from './node-metrics.ts'
import type { Stage } from './stage.ts'

/** Those who write through a node's address connect to it again, wherever that address had led them. Resolves when they have joined. */
export async function bringBack(stage: Stage, node: FaultNode): Promise<void> {
  const people = stage.writers.length / stage.cluster.nodes.length
  node.front.reset()
  await stage.until(`${node.name} has its people back`, async () => (await metric(node, 'sessions')) >= people)
}
