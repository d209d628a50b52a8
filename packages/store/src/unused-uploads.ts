import type { DocumentId } from '@tandem/sync'
import * as Y from 'yjs'
import type { Database } from './database.ts'
import type { StoreOptions } from './open-store.ts'
import { examine } from './quarantine.ts'
import { openBeside } from './repair.ts'
import { Uploads } from './uploads.ts'

export interface UnusedUploads {
  readonly removed: number
  /** Found unused, and not for long enough. */
  readonly unused: number
  /** Documents that could not be read whole: nothing of theirs is touched. */
  readonly skipped: number
}

interface Removal {
  readonly unusedForMs: number
  /** Removes the bytes. May be called again for one whose row could not be removed. */
  readonly remove: (id: string) => Promise<void>
}

const ADDRESS = /\/api\/uploads\/([0-9a-f]{32})/g

/**
 * Looks into every document that has uploads and removes those that were found unused so long ago and are unused still.
 * May run beside nodes that are at work. Throws SyncError 'log-unavailable', and what `remove` throws.
 */
export async function removeUnusedUploads(
  location: Pick<StoreOptions, 'databaseUrl' | 'dataDir'>,
  { unusedForMs, remove }: Removal,
): Promise<UnusedUploads> {
  const database = await openBeside(location)
  try {
    const uploads = new Uploads(database)
    const found = { removed: 0, unused: 0, skipped: 0 }
    for (const { documentId, isDeleted } of await uploads.documents()) {
      const inUse = isDeleted ? [] : await uploadsOf(database, documentId)
      if (inUse === undefined) {
        found.skipped += 1
        continue
      }
      const { old, young } = await uploads.markUnused(documentId, inUse, unusedForMs)
      for (const id of old) {
        await remove(id)
        await uploads.forget(id)
      }
      found.removed += old.length
      found.unused += young
    }
    return found
  } finally {
    await database.close()
  }
}

/** Whatever in a document names an upload, wherever it stands: in an attribute, a link or the text itself. Undefined: it is damaged. */
async function uploadsOf(database: Database, documentId: DocumentId): Promise<string[] | undefined> {
  const log = await database.view((view) => examine(view, documentId))
  if (log === undefined || !log.isWhole) return undefined
  const doc = new Y.Doc() // which forgets what was deleted
  doc.transact(() => {
    if (log.snapshot !== undefined) Y.applyUpdate(doc, log.snapshot.bytes)
    for (const { update } of log.rows) Y.applyUpdate(doc, update)
  })
  const bytes = Buffer.from(Y.encodeStateAsUpdate(doc)).toString('latin1')
  doc.destroy()
  return [...new Set([...bytes.matchAll(ADDRESS)].map(([, id = '']) => id))]
}
