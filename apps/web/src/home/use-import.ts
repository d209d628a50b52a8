import type { TandemClient } from '@tandem/client'
import { useTandem } from '@tandem/client/react'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { DocumentSummary } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { isMissingChunk } from '../app/missing-chunk.ts'
import { toBase64 } from '../ui/base64.ts'
import { say, warn } from '../ui/toast-store.ts'

/** Imports files one after the other; a single one is opened. What cannot be imported, or not all of it, is named with the reason. */
export function useImport() {
  const client = useTandem()
  const navigate = useNavigate()
  const [progress, setProgress] = useState<string>()
  const importing = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const imported: DocumentSummary[] = []
      for (const [index, file] of files.entries()) {
        const which = files.length === 1 ? file.name : `${index + 1} of ${files.length}`
        await importFile(client, file, (doing) => setProgress(`${doing} ${which}…`)).then(
          (document) => imported.push(document),
          (error: unknown) => warn(`“${file.name}” was not imported`, reasonOf(error)),
        )
      }
      return imported
    },
    onSettled: () => setProgress(undefined),
    onSuccess: (imported, files) => {
      const only = files.length === 1 ? imported[0] : undefined
      if (only) return navigate({ to: '/d/$documentId', params: { documentId: only.documentId } })
      if (imported.length > 0)
        say(imported.length === 1 ? '1 document imported' : `${imported.length} documents imported`)
    },
  })
  const start = (files: readonly File[]) => {
    if (files.length > 0 && !importing.isPending) importing.mutate(files)
  }
  return { start, progress }
}

async function importFile(client: TandemClient, file: File, tell: (doing: string) => void): Promise<DocumentSummary> {
  tell('Reading')
  const { readFile, bringPictures } = await import('./import/import-parts.ts')
  const { markdown, title, leftOut, pictures, places } = await readFile(file)
  tell('Storing')
  const document = await client.api.documents.import.mutate({
    markdown: toBase64(markdown),
    fileName: file.name,
    ...(title !== undefined && { title }),
  })
  // From here on there is a document, whatever becomes of its pictures.
  if (leftOut.length > 0) {
    warn(
      `“${file.name}” was imported without ${leftOut.join(' and ')}`,
      'They are not in the new document. Everything else is.',
    )
  }
  const missing = await bringPictures(client.document(document.documentId), { pictures, places, tell })
  if (missing !== undefined) warn(`“${file.name}”: ${missing.title}`, missing.trouble)
  return document
}

function reasonOf(error: unknown): string {
  if (isMissingChunk(error))
    return 'The part of the page that reads files could not be loaded. Try again with a connection.'
  // What the file itself was refused for says so; everything else is the node's or the network's.
  return error instanceof Error && error.name === 'RefusedFile' ? error.message : failureOf(error).message
}
