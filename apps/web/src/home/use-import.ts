import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, type Api, type DocumentSummary } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { isMissingChunk } from '../app/missing-chunk.ts'
import { toBase64 } from '../ui/base64.ts'
import { say, warn } from '../ui/toast-store.ts'

/** Imports files one after the other; a single one is opened. What cannot be imported, or not all of it, is named with the reason. */
export function useImport() {
  const api = useApi()
  const navigate = useNavigate()
  const [progress, setProgress] = useState<string>()
  const importing = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const imported: DocumentSummary[] = []
      for (const [index, file] of files.entries()) {
        const which = files.length === 1 ? file.name : `${index + 1} of ${files.length}`
        await importFile(api, file, (doing) => setProgress(`${doing} ${which}…`)).then(
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

async function importFile(api: Api, file: File, tell: (doing: string) => void): Promise<DocumentSummary> {
  tell('Reading')
  const { readFile } = await import('./import/read-file.ts')
  const { markdown, title, leftOut } = await readFile(file)
  tell('Storing')
  const document = await api.documents.import.mutate({
    markdown: toBase64(markdown),
    fileName: file.name,
    ...(title !== undefined && { title }),
  })
  if (leftOut.length > 0) {
    warn(
      `“${file.name}” was imported without ${leftOut.join(' and ')}`,
      'They are not in the new document. Everything else is.',
    )
  }
  return document
}

function reasonOf(error: unknown): string {
  if (isMissingChunk(error))
    return 'The part of the page that reads files could not be loaded. Try again with a connection.'
  // What the file itself was refused for says so; everything else is the node's or the network's.
  return error instanceof Error && error.name === 'RefusedFile' ? error.message : failureOf(error).message
}
