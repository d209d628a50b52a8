import type { DocumentView, PresenceBridge } from '@tandem/client'
import type { DocumentId } from '@tandem/sync'
import { Link } from '@tanstack/react-router'
import { FileX2 } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useMe } from '../account/use-me.ts'
import { ErrorBoundary } from '../app/error-boundary.tsx'
import type { Copy } from '../copies/copy-actions.tsx'
import { KeptCopyCard } from '../copies/kept-copy-card.tsx'
import { useCopyOf } from '../copies/use-copies.ts'
import { buttonClass } from '../ui/button-class.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { accessWords, type AccessNow } from './access-words.ts'
import { failureWords } from './failure-words.ts'
import { forgetFirstScreen } from './first-screen/first-screen.ts'
import { LazyEditor } from './lazy-editor.tsx'
import { useAccessNow } from './use-access-now.ts'

interface FailedDocumentProps {
  documentId: DocumentId
  title: string
  view: Extract<DocumentView, { status: 'failed' }>
  awareness: PresenceBridge
  onOpenAgain(): void
}

/** Whom to ask is known to the server alone: without it there is nothing to ask with. */
const AskForAccess = lazy(() =>
  import('../share/ask-for-access.tsx').then(
    (module) => ({ default: module.AskForAccess }),
    () => ({ default: () => null }),
  ),
)

/** A document that cannot go on: what failed, what was kept, the ways on, and the text as it was where one may still see it. */
export function FailedDocument({ documentId, title, view, awareness, onOpenAgain }: FailedDocumentProps) {
  const { error, doc } = view
  const stored = useCopyOf(documentId, view.copy)
  // One that was stored before says nothing of this one, which may be in this page alone.
  const isOlder = stored !== undefined && view.copy !== undefined && stored.at < view.copy.at
  const copy: Copy | undefined = isOlder ? view.copy : (stored ?? view.copy)
  const access = useAccessNow(documentId, { asks: error.code === 'not-allowed', wasOpen: doc.store.clients.size > 0 })
  const opensByItself = copy === undefined
  const userId = useMe()?.userId
  useEffect(() => (userId === undefined ? undefined : forgetFirstScreen(userId, documentId)), [userId, documentId])
  useOpenedWhenLetIn(opensByItself ? access : undefined, onOpenAgain)
  const words = access ? accessWords(access) : failureWords(error.code, error.message)
  const showText = words.remedy === 'open-again' && doc.store.clients.size > 0
  return (
    <main>
      <Notice alert icon={<FileX2 />} title={words.title} text={words.text}>
        {words.remedy === 'open-again' && (
          <Button look={copy ? 'outline' : 'primary'} onClick={onOpenAgain}>
            Open it again
          </Button>
        )}
        {words.remedy === 'reload' && (
          <Button look="primary" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        )}
        <Link
          to="/"
          className={buttonClass({
            look: words.remedy === 'home' && !copy && access?.may !== 'none' ? 'primary' : 'outline',
          })}
        >
          Go to your documents
        </Link>
      </Notice>
      {(copy || access?.may === 'none') && (
        <div className="mx-auto -mt-4 mb-16 flex max-w-md flex-col gap-4 max-sm:mx-5">
          {copy && <KeptCopyCard copy={copy} title={title.trim()} />}
          {access?.may === 'none' && (
            <Suspense>
              <AskForAccess documentId={documentId} opensByItself={opensByItself} />
            </Suspense>
          )}
        </div>
      )}
      {showText && (
        <section aria-label="The text as it was" className="border-t border-line [&_.prose-document]:opacity-75">
          <ErrorBoundary renderError={() => null}>
            <LazyEditor doc={doc} awareness={awareness} readOnly />
          </ErrorBoundary>
        </section>
      )}
    </main>
  )
}

/** Somebody who was told that they have no access is given it while they look. */
function useOpenedWhenLetIn(access: AccessNow | undefined, open: () => void): void {
  const hadNone = useRef(false)
  const may = access?.may
  useEffect(() => {
    if (may === 'none') hadNone.current = true
    if ((may === 'reading' || may === 'writing') && hadNone.current) open()
  }, [may, open])
}
