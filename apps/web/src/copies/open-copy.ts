import type { TandemClient } from '@tandem/client'
import type { DocumentId } from '@tandem/sync'
import * as Y from 'yjs'

/**
 * Makes a new document of a copy, exactly as it is (Markdown would lose what it has no words for). Resolves when
 * all of it is on the server; when it rejects, the copy is still where it was.
 */
export async function openCopyAsDocument(client: TandemClient, whole: Uint8Array, title: string): Promise<DocumentId> {
  const { copyDocument } = await import('@tandem/schema/copy')
  const updates = copyDocument(whole)
  const { documentId } = await client.api.documents.create.mutate({ title })
  const handle = client.document(documentId)
  const close = handle.open()
  try {
    await handle.whenOpen()
    for (const update of updates) {
      Y.applyUpdate(handle.doc, update)
      await handle.whenSaved() // one at a time: each is as large as an update may be
    }
  } finally {
    close()
  }
  return documentId
}
