import * as Y from 'yjs'

/** The Markdown of a copy that was put aside. The converter is loaded only now: almost nobody ever needs it. */
export async function copyToMarkdown(whole: Uint8Array): Promise<string> {
  const { documentToMarkdown } = await import('@tandem/schema/markdown')
  const doc = new Y.Doc()
  try {
    Y.applyUpdate(doc, whole)
    return documentToMarkdown(doc)
  } finally {
    doc.destroy()
  }
}

/** Hands text to the browser's downloads. */
export function downloadText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

/** A file name that every system takes. */
export function fileName(title: string): string {
  const plain = title
    .replace(/[\p{Cc}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
  return `${plain || 'Untitled'}.md`
}
