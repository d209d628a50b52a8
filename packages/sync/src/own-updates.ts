import type * as Y from 'yjs'

/**
 * Calls back with every update of the doc except of transactions with the origin `received`. Yjs encodes anew what a transaction changed for
 * whoever listens to 'update': of what was received that is known already, and made a quarter of the time of applying it. Returns stop.
 */
export function hearOwnUpdates(doc: Y.Doc, received: unknown, hear: (update: Uint8Array) => void): () => void {
  // Told just before Yjs looks whether anybody listens.
  const choose = ({ origin }: Y.Transaction): void => {
    if (origin === received) doc.off('update', hear)
    else doc.on('update', hear)
  }
  doc.on('afterTransactionCleanup', choose)
  return () => {
    doc.off('afterTransactionCleanup', choose)
    doc.off('update', hear)
  }
}
