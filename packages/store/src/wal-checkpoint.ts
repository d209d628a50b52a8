import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { makeWalRoom } from './wal-room.ts'

const MEGABYTE = 1024 * 1024

/** How large the `-wal` file may become. */
interface WalSizes {
  /** With more than this in it, it is written from its beginning again. */
  readonly fullBytes: number
  /** A file longer than this is cut off. */
  readonly longestBytes: number
}
const SIZES: WalSizes = { fullBytes: 32 * MEGABYTE, longestBytes: 256 * MEGABYTE }

/**
 * Moves what the `-wal` file holds into the database file, syncing both. Writers go on meanwhile; only when the file is full they wait, for what
 * came in the last moments before (begun anew it stays as long as it is, so that commits go on overwriting it: syncs of what grows
 * cost twice as much, `wal-room.ts`). To be called every few seconds, on a connection of its own that is in no transaction. Throws
 * what SQLite throws when others hold the locks for too long: nothing is lost by that, the next call tries again.
 */
export function checkpointWal(database: DatabaseSync, databasePath: string, sizes: WalSizes = SIZES): void {
  const usedBytes = checkpoint(database, 'passive') * pageBytes(database)
  if (usedBytes <= sizes.fullBytes) return
  // That one took long, and much was written meanwhile. What this one leaves is little.
  checkpoint(database, 'passive')
  if (statSync(`${databasePath}-wal`).size <= sizes.longestBytes) return void checkpoint(database, 'restart')
  checkpoint(database, 'truncate')
  makeWalRoom(database, databasePath)
}

/** Returns how many pages the file holds. */
function checkpoint(database: DatabaseSync, how: 'passive' | 'restart' | 'truncate'): number {
  const said = database.prepare(`pragma wal_checkpoint(${how})`).get()
  return Number(said?.['log'] ?? 0)
}

function pageBytes(database: DatabaseSync): number {
  return Number(database.prepare('pragma page_size').get()?.['page_size'])
}
