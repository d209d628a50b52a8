import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from './sqlite-connection.ts'

/**
 * Keeps a second node away from a data folder: two nodes on one SQLite file would each deliver what the other has
 * not synced yet. The lock is the kernel's own (an exclusive SQLite transaction on an empty file), so it ends with
 * the process, however that ends. Throws an Error that names the process which has it. Returns release.
 */
export function lockFolder(folder: string): () => void {
  const pidPath = join(folder, 'tandem.pid')
  const lock = new DatabaseSync(join(folder, 'tandem.lock'), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new Error(
      `The data folder ${folder} is in use by another node (process ${holderOf(pidPath)}). ` +
        'Stop that one, choose another DATA_DIR, or run several nodes on PostgreSQL (DATABASE_URL).',
      { cause: error },
    )
  }
  writeFileSync(pidPath, `${process.pid}\n`)
  return () => lock.close()
}

function holderOf(pidPath: string): string {
  try {
    return readFileSync(pidPath, 'utf8').trim()
  } catch {
    return 'unknown: it has only just started'
  }
}
