import { SyncError } from '@tandem/sync'
import * as Y from 'yjs'
import { readTree } from './document-tree.ts'
import { updatesOf, type UpdateOptions } from './document-updates.ts'
import { FRAGMENT } from './schema-version.ts'

/**
 * The content of a document's whole state (one update) as a fresh document's updates, under one new client id and
 * without its history: how a copy that was set aside opens as a document of its own. Nodes, marks and attributes are copied as they
 * are, also those that this version does not know. Throws SyncError 'malformed-update' when the bytes are no update, or not a whole one.
 */
export function copyDocument(whole: Uint8Array, options: UpdateOptions = {}): Uint8Array[] {
  const doc = new Y.Doc()
  try {
    Y.applyUpdate(doc, whole)
  } catch (cause) {
    throw new SyncError('malformed-update', 'This copy cannot be read: it is damaged or not a document.', { cause })
  }
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
    throw new SyncError('malformed-update', 'This copy is incomplete: what it builds on is missing from it.')
  }
  return updatesOf(readTree(doc.getXmlFragment(FRAGMENT)), options)
}
