import { LIMITS } from '@tandem/sync'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useApi, type Api, type DocumentSummary } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { toBase64 } from '../ui/base64.ts'
import { say, warn } from '../ui/toast-store.ts'

/** Imports files one after the other; a single one is opened. What cannot be imported is named, with the reason. */
export function useImport() {
  const api = useApi()
  const navigate = useNavigate()
  const importing = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const imported: DocumentSummary[] = []
      for (const file of files) {
        await importFile(api, file).then(
          (document) => imported.push(document),
          (error: unknown) => warn(`“${file.name}” was not imported`, failureOf(error).message),
        )
      }
      return imported
    },
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
  return { start, busy: importing.isPending }
}

async function importFile(api: Api, file: File): Promise<DocumentSummary> {
  if (file.size > LIMITS.importBytes) {
    throw new Error(
      `It has ${megabytes(file.size)}; a file to import has at most ${megabytes(LIMITS.importBytes)}. Split it.`,
    )
  }
  const markdown = toBase64(new Uint8Array(await file.arrayBuffer()))
  return api.documents.import.mutate({ markdown, fileName: file.name })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
