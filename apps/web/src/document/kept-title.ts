const name = (documentId: string) => `tandem:title:${documentId}`

/** A title typed on an earlier page that did not reach the server. Undefined also where the browser keeps nothing. */
export function keptTitle(documentId: string): string | undefined {
  try {
    return localStorage.getItem(name(documentId)) ?? undefined
  } catch {
    return undefined // storage is switched off: the title then lives as long as the page
  }
}

export function keepTitle(documentId: string, title: string | undefined): void {
  try {
    if (title === undefined) localStorage.removeItem(name(documentId))
    else localStorage.setItem(name(documentId), title)
  } catch {
    return // full or switched off; the status goes on saying that it is not saved
  }
}
