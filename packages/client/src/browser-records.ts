/** What is read and written within one transaction of the browser's database. */
import { Bytes, PushId, ResumeToken, mergedUpdates, type DocumentId, type ReplicaId } from '@tandem/sync'
import { decodeUpdate } from 'yjs'
import { joinedCopies, type KeptCopy } from './replica-storage.ts'
import type { BrowserReading, BrowserTransaction, UnsentRecord } from './browser-database.ts'

/** Moves what dead replicas left behind under this replica's id, in one transaction, with push ids from 1. */
export async function adopt(
  transaction: BrowserTransaction,
  documentId: DocumentId,
  mine: { readonly replicaId: ReplicaId },
  isLeft: (record: UnsentRecord) => boolean,
): Promise<readonly UnsentRecord[]> {
  const left = await leftBehind(transaction, documentId, isLeft)
  const store = transaction.objectStore('unsent')
  const moves = left.flatMap((record, index) => [
    store.delete([documentId, record.replicaId, record.pushId]),
    store.put({ ...record, replicaId: mine.replicaId, pushId: index + 1 }),
  ])
  await Promise.all(moves)
  return left
}

/** In the order in which it was typed: replica by replica, push by push. What cannot be read is passed over. */
export async function leftBehind(
  transaction: BrowserTransaction | BrowserReading,
  documentId: DocumentId,
  isLeft: (record: UnsentRecord) => boolean,
): Promise<readonly UnsentRecord[]> {
  const records = await transaction.objectStore('unsent').getAll(IDBKeyRange.bound([documentId], [documentId, []]))
  return records
    .filter((record) => isUnsent(record) && isLeft(record))
    .sort(
      (one, other) =>
        one.since - other.since || one.replicaId.localeCompare(other.replicaId) || one.pushId - other.pushId,
    )
}

function isUnsent({ pushId, replicaId, update, since }: UnsentRecord): boolean {
  return typeof replicaId === 'string' && PushId.safeParse(pushId).success && isUpdate(update) && Number.isFinite(since)
}

/** Sees to it that there is a stored copy to continue, empty if need be. */
export async function beginCopy(transaction: BrowserTransaction, documentId: DocumentId, life: string): Promise<void> {
  const documents = transaction.objectStore('documents')
  const stored = await documents.get(documentId)
  if (stored === undefined || typeof stored.life !== 'string') await documents.put({ documentId, life })
}

/** What cannot be read is passed over, and then the token too: it must not cover what is not there. */
export async function readReceived(transaction: BrowserTransaction | BrowserReading, documentId: DocumentId) {
  const index = transaction.objectStore('updates').index('byDocument')
  const [document, records, allKeys] = await Promise.all([
    transaction.objectStore('documents').get(documentId),
    index.getAll(documentId),
    index.getAllKeys(documentId),
  ])
  const isReadable = records.map(({ update }) => isUpdate(update))
  return {
    life: document?.life,
    schemaVersion: schemaOf(document),
    token: isReadable.includes(false) ? undefined : ResumeToken.safeParse(document?.token).data,
    updates: records.flatMap(({ update }, at) => (isReadable[at] ? [update] : [])),
    keys: allKeys.filter((_, at) => isReadable[at]),
    unreadable: allKeys.filter((_, at) => !isReadable[at]),
  }
}

/** The newest schema that this may need; 0 when it does not say, or says something that is none. */
export function schemaOf(record: { readonly schemaVersion?: unknown } | undefined): number {
  const version = record?.schemaVersion
  return typeof version === 'number' && Number.isSafeInteger(version) && version > 0 ? version : 0
}

export function isUpdate(update: unknown): boolean {
  if (!Bytes.safeParse(update).success) return false
  try {
    decodeUpdate(update as Uint8Array)
    return true
  } catch {
    return false
  }
}

/** [TAB-7] What tabs put aside of one life of a stored copy, which names it, is one copy. */
export async function keepCopy(transaction: BrowserTransaction, copy: KeptCopy): Promise<void> {
  const copies = transaction.objectStore('copies')
  const before = await copies.get(copy.id)
  await copies.put(before === undefined || !isUpdate(before.whole) ? copy : joinedCopies(before, copy))
}

/** Forgets what is stored of one life of it; if another has begun, that stays. */
export async function forgetReceived(
  transaction: BrowserTransaction,
  documentId: DocumentId,
  life: string,
): Promise<void> {
  const stored = await transaction.objectStore('documents').get(documentId)
  if (stored !== undefined && stored.life !== life) return
  const keys = await transaction.objectStore('updates').index('byDocument').getAllKeys(documentId)
  await Promise.all([transaction.objectStore('documents').delete(documentId), forgetUpdates(transaction, keys)])
}

export async function forgetUpdates(transaction: BrowserTransaction, keys: readonly number[]): Promise<void> {
  const store = transaction.objectStore('updates')
  await Promise.all(keys.map((key) => store.delete(key)))
}

/** Replaces these records by one. Another page may have merged or forgotten some of them meanwhile. */
export async function mergeRecords(
  transaction: BrowserTransaction,
  documentId: DocumentId,
  keys: readonly number[],
): Promise<void> {
  const store = transaction.objectStore('updates')
  const records = await Promise.all(keys.map(async (key) => ({ key, record: await store.get(key) })))
  const found = records.flatMap(({ key, record }) =>
    record?.documentId === documentId ? [{ key, update: record.update }] : [],
  )
  const [first, ...others] = found
  if (first === undefined || others.length === 0) return
  const update = mergedUpdates(found.map((one) => one.update))
  await Promise.all([store.put({ documentId, update }, first.key), ...others.map(({ key }) => store.delete(key))])
}
