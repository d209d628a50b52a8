import { useQuery } from '@tanstack/react-query'
import { CloudOff } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { AccountButton } from '../account/account-button.tsx'
import { documentsQuery, useApi, type DocumentSummary } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { KeptCopyCard } from '../copies/kept-copy-card.tsx'
import { useCopies } from '../copies/use-copies.ts'
import { useKeptTitles } from '../app/kept-titles.ts'
import { UNTITLED } from '../app/untitled.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { TandemMark } from '../ui/tandem-mark.tsx'
import { DocumentList, ListSkeleton } from './document-list.tsx'
import { DropToImport } from './drop-to-import.tsx'
import { EmptyHome } from './empty-home.tsx'
import { FilterField } from './filter-field.tsx'
import { ImportButton } from './import-button.tsx'
import { matchesFilter } from './filter.ts'
import { ListConnection } from './list-connection.tsx'
import { NewDocumentButton } from './new-document-button.tsx'
import { useImport } from './use-import.ts'

/** With fewer documents a glance finds what a filter would. */
const FILTER_FROM = 6

export function HomePage() {
  const api = useApi()
  const documents = useQuery(documentsQuery(api))
  const importing = useImport()
  const copies = useCopies()
  const [filter, setFilter] = useState('')
  const titles = useKeptTitles()
  const list = useMemo(() => withKept(titles, documents.data ?? []), [titles, documents.data])
  const shown = list.filter((document) => matchesFilter(document.title, filter))

  useEffect(() => {
    document.title = 'Tandem'
  }, [])

  return (
    <DropToImport onFiles={importing.start}>
      <header className="mx-auto flex w-full max-w-4xl items-center justify-between gap-4 px-5 pt-4 sm:px-8 sm:pt-6">
        <span className="flex items-center gap-2.5 text-[1.0625rem] font-semibold tracking-[-0.02em]">
          <TandemMark className="h-5" />
          Tandem
        </span>
        <AccountButton />
      </header>
      <main className="mx-auto w-full max-w-4xl px-5 pt-10 pb-24 sm:px-8 sm:pt-16">
        <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
          <div>
            <h1 className="text-[1.75rem] leading-tight font-semibold tracking-[-0.028em]">Documents</h1>
            <p className="mt-1 text-sm text-ink-soft">Mine and those I have opened</p>
          </div>
          <div className="flex flex-wrap items-center gap-2">
            <ImportButton progress={importing.progress} onFiles={importing.start} />
            <NewDocumentButton />
          </div>
        </div>
        {list.length >= FILTER_FROM && <FilterField value={filter} onChange={setFilter} />}
        {copies.length > 0 && (
          <div className="mt-6 grid gap-3">
            {copies.map((copy) => (
              <KeptCopyCard
                key={copy.id}
                copy={copy}
                title={list.find(({ documentId }) => documentId === copy.documentId)?.title ?? ''}
              />
            ))}
          </div>
        )}
        {documents.data && (
          <ListConnection trouble={documents.isError ? failureOf(documents.error).message : undefined} />
        )}
        <div className="mt-6">
          {documents.isPending ? (
            <ListSkeleton />
          ) : documents.isError && !documents.data ? (
            <Notice
              alert
              icon={<CloudOff />}
              title="Your documents could not be loaded"
              text={failureOf(documents.error).message}
            >
              <Button look="primary" onClick={() => void documents.refetch()}>
                Try again
              </Button>
            </Notice>
          ) : list.length === 0 ? (
            <EmptyHome />
          ) : shown.length === 0 ? (
            <p className="py-16 text-center text-ink-soft">No title contains “{filter.trim()}”.</p>
          ) : (
            <DocumentList documents={shown} />
          )}
        </div>
      </main>
    </DropToImport>
  )
}

/** With the titles that were typed here and are not on the server yet. */
function withKept(titles: ReadonlyMap<string, string>, list: readonly DocumentSummary[]): readonly DocumentSummary[] {
  if (titles.size === 0) return list
  return list.map((document) => {
    const typed = titles.get(document.documentId)
    return typed === undefined ? document : { ...document, title: typed.trim() || UNTITLED }
  })
}
