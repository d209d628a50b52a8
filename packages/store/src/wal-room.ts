import { closeSync, fdatasyncSync, fstatSync, openSync, statfsSync, writeSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

const ROOM_BYTES = 16 * 1024 * 1024
/** With less than this left on the disk it is for what is written, not for what may be. */
const LEAST_FREE_BYTES = 16 * ROOM_BYTES
const ZEROS = new Uint8Array(1024 * 1024)

/**
 * Gives the `-wal` file of `databasePath` its size ahead of what will be written. Syncing what overwrites a file costs half of
 * syncing what makes it longer, and takes half as long: 90 and 150 us of CPU for 16 KiB, p50 0.18 and 0.29 ms, p90 0.3 and
 * 1.4 ms (ext4). SQLite reads the zeros as the end of the log. Nobody else appends meanwhile: the write lock is held, and `database`, a
 * connection of its own to that file, must be in no transaction. Throws what SQLite throws when another holds the lock.
 */
export function makeWalRoom(database: DatabaseSync, databasePath: string): void {
  const { bavail, bsize } = statfsSync(databasePath)
  if (bavail * bsize < LEAST_FREE_BYTES) return
  database.exec('begin immediate')
  try {
    const file = openSync(`${databasePath}-wal`, 'r+')
    try {
      let { size } = fstatSync(file)
      while (size < ROOM_BYTES) size += writeSync(file, ZEROS, 0, Math.min(ZEROS.byteLength, ROOM_BYTES - size), size)
      fdatasyncSync(file)
    } catch (error) {
      // A quota that statfs does not know. Without room it is slower, nothing else.
      if (!isDiskFull(error)) throw error
    } finally {
      closeSync(file)
    }
  } finally {
    database.exec('rollback')
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
