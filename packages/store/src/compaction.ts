import { createHash } from 'node:crypto'
import { mergedUpdates, structsIn } from '@tandem/sync'
import * as Y from 'yjs'

/** A prefix of a log as one update, with the state vector that it covers. */
export interface MergedLog {
  readonly bytes: Uint8Array
  readonly vector: Uint8Array
  /** What it becomes in a document that keeps deleted text. */
  readonly structs: number
}

/**
 * Merges updates, the first of which may be an earlier snapshot, into one: lossless, deleted text stays in it for
 * the history. Then rebuilds a document from the result and another from the updates as they were, and throws Error
 * when these differ in anything: which runs they hold, what is deleted, what the content says.
 */
export function mergeLog(updates: readonly Uint8Array[]): MergedLog {
  const bytes = mergedUpdates(updates)
  const [merged, reference] = [rebuild([bytes]), rebuild(updates)]
  try {
    const difference = differenceOf(merged, reference)
    if (difference !== undefined) throw new Error(`The merged updates are not the same document: ${difference}.`)
    return { bytes, vector: Y.encodeStateVector(merged), structs: structsIn(merged) }
  } finally {
    merged.destroy()
    reference.destroy()
  }
}

function rebuild(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc({ gc: false })
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update)
  })
  return doc
}

/** What two documents differ in; undefined: nothing. */
export function differenceOf(one: Y.Doc, other: Y.Doc): string | undefined {
  if (one.store.pendingStructs !== null || other.store.pendingStructs !== null)
    return 'an update refers to a missing one'
  if (!Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other))) return 'the runs it holds or deletes'
  if (contentHash(one) !== contentHash(other)) return 'its content'
  return undefined
}

/** Equal state vectors are not equal documents (yjs #794): this names what the document says, as it is read. */
export function contentHash(doc: Y.Doc): string {
  const hash = createHash('sha256')
  const feed = (text: string): void => void hash.update(text).update('\0')
  for (const name of [...doc.share.keys()].sort()) {
    const type = doc.share.get(name)
    if (type === undefined) continue
    feed(name)
    feedType(type, feed)
  }
  return hash.digest('hex')
}

type Feed = (text: string) => void

/** Of any type in a document: its sequence and its keys. */
type Contents = Pick<Y.Text, '_start' | '_map'>

function feedType(type: Contents, feed: Feed): void {
  for (let item = type._start; item !== null; item = item.right) {
    if (!item.deleted) feedItem(item, feed)
  }
  for (const key of [...type._map.keys()].sort()) {
    const item = type._map.get(key)
    if (item === undefined || item.deleted) continue
    feed(key)
    feedItem(item, feed)
  }
}

/** Unit by unit: how runs are cut differs between equal documents. */
function feedItem({ content }: Y.Item, feed: Feed): void {
  if (content instanceof Y.ContentType) {
    const type: Contents = content.type
    feed(`<${type.constructor.name} ${type instanceof Y.XmlElement ? type.nodeName : ''}`)
    feedType(type, feed)
    feed('>')
  } else if (content instanceof Y.ContentFormat) {
    feed(JSON.stringify([content.key, content.value]))
  } else {
    for (const unit of content.getContent() as unknown[])
      feed(unit instanceof Y.Doc ? unit.guid : (JSON.stringify(unit) ?? ''))
  }
}
