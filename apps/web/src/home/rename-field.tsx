import { LIMITS } from '@tandem/sync'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useApi, type DocumentSummary } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { setTitle } from '../app/live-events.tsx'
import { UNTITLED, titleForField } from '../app/untitled.ts'
import { TextField } from '../ui/text-field.tsx'
import { warn } from '../ui/toast-store.ts'

/** The title as a field, in place. Enter and leaving it rename, Escape does not. */
export function RenameField({ document, onDone }: { document: DocumentSummary; onDone(): void }) {
  const api = useApi()
  const queries = useQueryClient()
  const [typed, setTyped] = useState(titleForField(document.title))
  const done = useRef(false)
  const field = useRef<HTMLInputElement>(null)
  // Whoever chose "Rename" wants to type now.
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  const rename = useMutation({
    mutationFn: (title: string) => api.documents.rename.mutate({ documentId: document.documentId, title }),
    onMutate: (title) => setTitle(queries, document.documentId, title || UNTITLED),
    onSuccess: ({ title }) => setTitle(queries, document.documentId, title),
    onError: (error) => {
      setTitle(queries, document.documentId, document.title)
      warn('The document was not renamed', failureOf(error).message)
    },
  })

  const finish = ({ keep }: { keep: boolean }) => {
    // Enter closes the field, and closing it blurs it: only the first of the two counts.
    if (done.current) return
    done.current = true
    const title = typed.trim()
    if (keep && title !== titleForField(document.title)) rename.mutate(title)
    onDone()
  }

  return (
    <TextField
      ref={field}
      aria-label={`New title of ${document.title}`}
      value={typed}
      maxLength={LIMITS.titleLength}
      placeholder="Untitled"
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => finish({ keep: true })}
      onKeyDown={(event) => {
        if ((event.key !== 'Enter' && event.key !== 'Escape') || event.nativeEvent.isComposing) return
        // Focus moves to the menu's button now: the same key must not press it.
        event.preventDefault()
        finish({ keep: event.key === 'Enter' })
      }}
      className="relative -ml-3 h-9 font-medium sm:flex-1"
    />
  )
}
