import { useUnsentDocuments } from '@tandem/client/react'
import clsx from 'clsx'
import { useEffect, useRef, useState } from 'react'
import { useMe } from '../account/use-me.ts'
import type { DocumentSummary } from '../app/api.ts'
import { useKeptTitles } from '../app/kept-titles.ts'
import { useLasting } from '../app/use-lasting.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { DeleteDocument } from './delete-document.tsx'
import { DocumentRow } from './document-row.tsx'
import { useNow } from './use-now.ts'
import { useTakeOffList } from './use-take-off-list.ts'

/** Longer lists appear in steps: a thousand rows at once would make the first paint wait. */
const STEP = 200

export function DocumentList({ documents }: { documents: readonly DocumentSummary[] }) {
  const me = useMe()
  const now = useNow()
  const unsent = useUnsentDocuments()
  const titles = useKeptTitles()
  const areTitlesWaiting = useLasting(titles.size > 0)
  const [deleting, setDeleting] = useState<DocumentSummary>()
  const [count, setCount] = useState(STEP)
  const expectFocus = useFocusOfMoved()
  const takeOff = useTakeOffList((document) => expectFocus(starIdOf(document)))
  const starred = documents.filter(({ isStarred }) => isStarred)
  const others = documents.filter(({ isStarred }) => !isStarred)
  const left = others.length - count
  const rows = [...starred, ...others.slice(0, count)]
  const takeOffRow = (document: DocumentSummary) => {
    const at = rows.indexOf(document)
    const neighbour = rows[at + 1] ?? rows[at - 1]
    if (neighbour) expectFocus(starIdOf(neighbour))
    takeOff(document)
  }
  const row = (document: DocumentSummary) => (
    <DocumentRow
      key={document.documentId}
      document={document}
      mine={document.ownerId === me?.userId}
      now={now}
      isUnsent={unsent.has(document.documentId) || (areTitlesWaiting && titles.has(document.documentId))}
      starId={starIdOf(document)}
      onStar={() => expectFocus(starIdOf(document))}
      onTakeOff={() => takeOffRow(document)}
      onDelete={() => setDeleting(document)}
    />
  )
  return (
    <>
      {starred.length > 0 && (
        <>
          <SectionTitle className="pt-2">Starred</SectionTitle>
          <ul aria-label="Starred" className="border-t border-line">
            {starred.map(row)}
          </ul>
          {others.length > 0 && <SectionTitle className="mt-10">Other documents</SectionTitle>}
        </>
      )}
      {others.length > 0 && (
        <ul aria-label={starred.length > 0 ? 'Other documents' : 'Documents'} className="border-t border-line">
          {others.slice(0, count).map(row)}
        </ul>
      )}
      {left > 0 && (
        <button
          type="button"
          onClick={() => setCount(count + STEP)}
          className="mt-3 w-full rounded-lg py-3 text-sm font-medium text-ink-soft hover:bg-hover"
        >
          Show {Math.min(left, STEP)} more
        </button>
      )}
      <DeleteDocument document={deleting} onClose={() => setDeleting(undefined)} />
    </>
  )
}

function SectionTitle({ className, children }: { className?: string; children: string }) {
  return <h2 className={clsx('pb-2 text-[0.8125rem] font-semibold text-ink-soft', className)}>{children}</h2>
}

const starIdOf = ({ documentId }: DocumentSummary): string => `star-${documentId}`

/**
 * A row that moves to the other list is made anew there: whoever pressed its star goes on from the same star. Who took one off the list goes
 * on from its neighbour's.
 */
function useFocusOfMoved(): (starId: string) => void {
  const moving = useRef<string>(undefined)
  useEffect(() => {
    if (moving.current === undefined || document.activeElement !== document.body) return
    const star = document.getElementById(moving.current)
    if (star === null) return
    // The eye stays where the star was pressed; the next key scrolls to where it is now.
    star.focus({ preventScroll: true })
    moving.current = undefined
  })
  return (starId) => {
    moving.current = starId
  }
}

export function ListSkeleton() {
  return (
    <section aria-label="Loading documents" aria-busy className="border-t border-line">
      {['w-1/2', 'w-1/3', 'w-2/5', 'w-1/4'].map((width) => (
        <div key={width} className="flex h-16 items-center justify-between border-b border-line px-2">
          <Skeleton className={`h-4 ${width}`} />
          <Skeleton className="h-3 w-20" />
        </div>
      ))}
    </section>
  )
}
