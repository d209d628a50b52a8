import { CloudUpload } from 'lucide-react'
import type { DocumentSummary } from '../app/api.ts'
import { requestsWords } from '../share/share-words.ts'
import { relativeTime } from './relative-time.ts'

interface DocumentFactsProps {
  document: DocumentSummary
  mine: boolean
  now: number
  /** This device has work of it that the server has not. */
  isUnsent: boolean
}

/** What a list says of a document beside its title. */
export function DocumentFacts({ document, mine, now, isUnsent }: DocumentFactsProps) {
  const edited = relativeTime(document.updatedAt, Math.max(now, document.updatedAt))
  return (
    <>
      <p className="mt-0.5 flex shrink-0 items-center gap-2 text-[0.8125rem] text-ink-soft sm:order-1 sm:mt-0 sm:gap-6">
        <Requests count={document.requests} />
        <Owner document={document} mine={mine} />
        <span aria-hidden className="text-ink-faint sm:hidden">
          ·
        </span>
        <time
          dateTime={new Date(document.updatedAt).toISOString()}
          title={new Date(document.updatedAt).toLocaleString()}
          className="whitespace-nowrap tabular-nums sm:w-28 sm:text-right"
        >
          <span className="sr-only">Edited </span>
          {edited}
        </time>
      </p>
      {isUnsent && <Unsent />}
    </>
  )
}

/** It is sent by itself, and this goes then. */
function Unsent() {
  return (
    <p
      title="What was typed on this device is kept here, and sent as soon as it can be"
      className="mt-0.5 flex shrink-0 items-center gap-1.5 text-[0.8125rem] whitespace-nowrap text-warn sm:mt-0"
    >
      <CloudUpload aria-hidden className="size-3.5 shrink-0" />
      Not sent yet
      <span className="sr-only">: changes are kept on this device</span>
    </p>
  )
}

/** For the owner to answer in the document's Share dialog. */
function Requests({ count }: { count: number | undefined }) {
  const words = requestsWords(count)
  if (words === undefined) return null
  return (
    <span
      title={words}
      className="rounded-full bg-warn-wash px-2 py-0.5 text-xs font-medium whitespace-nowrap text-warn"
    >
      <span aria-hidden>{count === 1 ? '1 request' : `${count} requests`}</span>
      <span className="sr-only">{words}</span>
    </span>
  )
}

function Owner({ document, mine }: { document: DocumentSummary; mine: boolean }) {
  if (mine) return <span className="sm:w-44">Owned by you</span>
  return (
    <span className="flex min-w-0 items-center gap-2 sm:w-44">
      <span className="rounded-full bg-accent-wash px-2 py-0.5 text-xs font-medium text-accent">Shared</span>
      <span className="truncate">{document.ownerName}</span>
    </span>
  )
}
