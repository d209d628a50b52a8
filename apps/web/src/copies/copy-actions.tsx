import type { KeptCopy } from '@tandem/client'
import { useTandem } from '@tandem/client/react'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import { LIMITS } from '@tandem/sync'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Download, FilePlus2, RotateCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { failureOf } from '../app/failure.ts'
import { Button } from '../ui/button.tsx'
import { download as downloadFile } from '../ui/download.ts'
import { fileName } from '../ui/file-name.ts'
import { warn } from '../ui/toast-store.ts'
import { useLazyPart } from '../ui/use-lazy-part.ts'
import { copyToMarkdown } from './kept-copy-text.ts'
import { openCopyAsDocument } from './open-copy.ts'
import { COPIES_KEY } from './use-copies.ts'

const loadConfirm = async () => (await import('../ui/dialog.tsx')).Confirm

/** A copy in storage has an id; one that could only be kept in this page has none, and goes with the page. */
export type Copy = Pick<KeptCopy, 'whole' | 'at' | 'schemaVersion'> & {
  readonly id?: string
  /** False: it is in no storage. */
  readonly isStored?: boolean
}

/** The ways to get a copy out. It stays kept until it is a document of its own, or is discarded on purpose. */
export function CopyActions({ copy, title }: { copy: Copy; title: string }) {
  const client = useTandem()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [Confirm, load] = useLazyPart(loadConfirm)
  const [discarding, setDiscarding] = useState(false)
  const name = `${title.trim() || 'Untitled'} (copy)`.slice(-LIMITS.titleLength)

  const forget = async () => {
    if (copy.id !== undefined) await client.forgetCopy(copy.id)
    await queries.invalidateQueries({ queryKey: COPIES_KEY })
  }
  const openAsNew = useMutation({
    mutationFn: () => openCopyAsDocument(client, copy.whole, name),
    onSuccess: async (documentId) => {
      await navigate({ to: '/d/$documentId', params: { documentId } })
      await forget()
    },
    onError: (error) => warn('The copy was not opened', failureOf(error).message),
  })
  const download = useMutation({
    mutationFn: async () =>
      downloadFile(fileName(name, 'md'), new Blob([await copyToMarkdown(copy.whole)], { type: 'text/markdown' })),
    onError: (error) => warn('The copy could not be written', failureOf(error).message),
  })
  const discard = useMutation({
    mutationFn: forget,
    onSettled: () => setDiscarding(false),
    onError: (error) => warn('The copy was not discarded', failureOf(error).message),
  })

  const ask = async () => {
    if (await load()) return setDiscarding(true)
    warn('The copy was not discarded', 'A part of the page could not be loaded. Try again, or reload.')
  }

  return (
    <div className="flex flex-wrap gap-2">
      {(copy.schemaVersion ?? 0) > SCHEMA_VERSION ? (
        <Button look="primary" size="small" onClick={() => location.reload()}>
          <RotateCw aria-hidden className="size-4" />
          Reload to open it: it needs a newer version of this page
        </Button>
      ) : (
        <>
          <Button look="primary" size="small" disabled={openAsNew.isPending} onClick={() => openAsNew.mutate()}>
            <FilePlus2 aria-hidden className="size-4" />
            Open as a new document
          </Button>
          <Button size="small" disabled={download.isPending} onClick={() => download.mutate()}>
            <Download aria-hidden className="size-4" />
            Download as Markdown
          </Button>
        </>
      )}
      {copy.id !== undefined && (
        <Button
          size="small"
          onPointerEnter={() => void loadConfirm().catch(() => undefined)}
          onClick={() => void ask()}
        >
          <Trash2 aria-hidden className="size-4" />
          Discard…
        </Button>
      )}
      {Confirm && (
        <Confirm
          open={discarding}
          onClose={() => setDiscarding(false)}
          title="Discard these changes?"
          text="They are kept only in this browser. Discarded, they are gone."
          action="Discard"
          busy={discard.isPending}
          onConfirm={() => discard.mutate()}
        />
      )}
    </div>
  )
}
