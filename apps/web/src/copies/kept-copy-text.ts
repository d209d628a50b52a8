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
