import { join } from 'node:path'
import type { NodeProgram } from '../../scripts/parts/tandem-node.ts'
import { root } from '../../scripts/parts/workspace.mjs'

/** A node with a fault built into it (apps/server/test/faulty-node.ts says which there are). */
export function faultyNode(fault: string, env: Readonly<Record<string, string>> = {}): NodeProgram {
  return { path: join(root, 'apps/server/test/faulty-node.ts'), env: { ...env, FAULT: fault } }
}
