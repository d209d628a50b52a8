import { useDocument, useDocumentHandle } from '@tandem/client/react'
import type { DocumentId } from '@tandem/sync'
import { useEffect } from 'react'
import { ErrorBoundary } from '../app/error-boundary.tsx'
import { UNTITLED } from '../app/untitled.ts'
import { DocumentSkeleton } from './document-skeleton.tsx'
import { EditorFailed } from './editor-failed.tsx'
import { FailedDocument } from './failed-document.tsx'
import { LazyEditor, loadEditor } from './lazy-editor.tsx'
import { NotOnThisDevice } from './not-on-this-device.tsx'
import './print.css'
import { ReadOnlyBanner } from './read-only-banner.tsx'
import { TopBar } from './top-bar.tsx'
import { useAlreadySavedKey } from './use-already-saved-key.ts'
import { useLeaveGuard } from './use-leave-guard.ts'
import { useLoadedAnew } from './use-loaded-anew.ts'
import { usePrintedTitle } from './use-printed-title.ts'
import { useSavingFacts } from './use-saving-facts.ts'
import { useTitle } from './use-title.ts'

interface DocumentPageProps {
  documentId: DocumentId
  onOpenAgain(): void
}

/** One document, open in this tab. */
export function DocumentPage({ documentId, onOpenAgain }: DocumentPageProps) {
  const handle = useDocumentHandle(documentId)
  const view = useDocument(documentId)
  const title = useTitle(documentId)
  const facts = useSavingFacts(view, { titlePending: title.pending })
  useLeaveGuard(facts)
  useAlreadySavedKey(facts)
  useLoadedAnew(documentId, view, onOpenAgain)
  usePrintedTitle(view.status === 'open' ? view.doc : undefined, title.text)

  // The editor's code comes while the document does, not after it. If it does not come, the editor itself says so.
  useEffect(() => void loadEditor().catch(() => undefined), [])
  useEffect(() => {
    document.title = `${title.text.trim() || UNTITLED} · Tandem`
  }, [title.text])

  if (view.status === 'failed') {
    return (
      <FailedDocument
        documentId={documentId}
        title={title.text}
        view={view}
        awareness={handle.presence}
        onOpenAgain={onOpenAgain}
      />
    )
  }
  return (
    <div className="flex min-h-dvh flex-col">
      <TopBar documentId={documentId} title={title} facts={view.status === 'open' ? facts : undefined} />
      <main className="flex flex-1 flex-col" data-title={title.text.trim() || UNTITLED}>
        <h1 className="sr-only">{title.text.trim() || UNTITLED}</h1>
        {view.status === 'loading' && view.connection === 'offline' ? (
          <NotOnThisDevice />
        ) : view.status === 'loading' ? (
          <DocumentSkeleton progress={view.progress} waitsFor={view.waitsFor} />
        ) : (
          <ErrorBoundary renderError={(error, again) => <EditorFailed error={error} onAgain={again} />}>
            {view.readOnly && (
              <ReadOnlyBanner
                documentId={documentId}
                role={view.role}
                isTooOld={view.isTooOld}
                damagedAfterMs={view.damagedAfterMs}
              />
            )}
            <LazyEditor doc={view.doc} documentId={documentId} awareness={handle.presence} readOnly={view.readOnly} />
          </ErrorBoundary>
        )}
      </main>
    </div>
  )
}
