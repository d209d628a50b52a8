const fresh = new Set<string>()

/** This page has just made it: whoever did wants to write. */
export function markFresh(documentId: string): void {
  fresh.add(documentId)
}

/** True once. */
export function takeFresh(documentId: string): boolean {
  return fresh.delete(documentId)
}
