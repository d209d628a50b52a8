import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresServer } from '../../scripts/parts/postgres-server.ts'
import { Cluster, type ClusterShape } from './cluster.ts'

interface Kept {
  readonly cluster: Cluster
  readonly folder: string
}

/**
 * The clusters of a worker, one of each shape, lent to one test at a time: every test has people and documents of its
 * own, so that of another nothing is seen. One in which a node was killed or stopped is not lent again.
 * After a test that failed Playwright takes another worker, and so none of these either.
 */
export class LentClusters {
  readonly #folder: string
  readonly #postgres: () => Promise<PostgresServer>
  readonly #kept = new Map<string, Kept>()
  #started = 0

  constructor(folder: string, postgres: () => Promise<PostgresServer>) {
    this.#folder = folder
    this.#postgres = postgres
  }

  /** Running and whole when it resolves. To be given back. */
  async lend(shape: ClusterShape): Promise<Cluster> {
    const key = keyOf(shape)
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept.cluster
    const folder = join(this.#folder, `cluster-${this.#started++}`)
    mkdirSync(folder, { mode: 0o755 })
    const cluster = await Cluster.start(shape, { folder, postgres: this.#postgres })
    this.#kept.set(key, { cluster, folder })
    return cluster
  }

  async giveBack(shape: ClusterShape): Promise<void> {
    const kept = this.#kept.get(keyOf(shape))
    if (kept === undefined || kept.cluster.isWhole) return
    this.#kept.delete(keyOf(shape))
    await stop(kept)
  }

  async stop(): Promise<void> {
    for (const kept of this.#kept.values()) await stop(kept)
    this.#kept.clear()
  }
}

async function stop({ cluster, folder }: Kept): Promise<void> {
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}

function keyOf({ nodes, database, redis, nginx }: ClusterShape): string {
  return JSON.stringify([nodes, database, redis, nginx])
}
