import { useState } from 'react'
import { useMe } from '../account/use-me.ts'
import type { DocumentSummary } from '../app/api.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { DeleteDocument } from './delete-document.tsx'
import { DocumentRow } from './document-row.tsx'
import { useNow } from './use-now.ts'

/** Longer lists appear in steps: a thousand rows at once would make the first paint wait. */
const STEP = 200

export function DocumentList({ documents }: { documents: readonly DocumentSummary[] }) {
  const me = useMe()
  const now = useNow()
  const [deleting, setDeleting] = useState<DocumentSummary>()
  const [count, setCount] = useState(STEP)
  const left = documents.length - count
  return (
    <>
      <ul aria-label="Documents" className="border-t border-line">
        {documents.slice(0, count).map((document) => (
          <DocumentRow
            key={document.documentId}
            document={document}
            mine={document.ownerId === me?.userId}
            now={now}
            onDelete={() => setDeleting(document)}
          />
        ))}
      </ul>
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
