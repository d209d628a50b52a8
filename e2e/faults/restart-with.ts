import { join } from 'node:path'
import { root } from '../../scripts/parts/workspace.mjs'
import type { FaultNode } from './fault-cluster.ts'

/** For rows that need more sockets from one address and one user than people do. */
export const ROOMY = { SOCKETS_PER_IP: '4000', SOCKETS_PER_USER: '4000', SOCKETS_PER_SECOND: '4000' } as const

/** SIGKILL, and the same node again with this beside its settings; until its next start. Resolves when it is ready. */
export async function restartWith(node: FaultNode, env: Readonly<Record<string, string>>): Promise<void> {
  await node.kill()
  await node.start({ path: join(root, 'apps/server/src/main.ts'), env })
}
