import { Link } from '@tanstack/react-router'
import { Ellipsis, Link2, ListX, Pencil, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import type { DocumentSummary } from '../app/api.ts'
import { useSetStar } from '../app/stars.ts'
import { copyDocumentLink } from '../document/document-link.ts'
import { requestsWords } from '../share/share-words.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { StarButton } from '../ui/star-button.tsx'
import { relativeTime } from './relative-time.ts'
import { RenameField } from './rename-field.tsx'

interface DocumentRowProps {
  document: DocumentSummary
  mine: boolean
  now: number
  /** Where its star can be found once the row has moved to another list. */
  starId: string
  onStar(): void
  /** Of what somebody else owns. */
  onTakeOff(): void
  /** Of what is one's own. */
  onDelete(): void
}

/** One document. The whole row leads to it; its menu and the field that renames it lie above that link. */
export function DocumentRow({ document, mine, now, starId, onStar, onTakeOff, onDelete }: DocumentRowProps) {
  const [renaming, setRenaming] = useState(false)
  const menu = useRef<HTMLButtonElement>(null)
  /** The menu closes because the field opens: focus is the field's. */
  const toField = useRef(false)
  const { title } = document
  const setStar = useSetStar(document.documentId)
  const rename = () => {
    toField.current = true
    setRenaming(true)
  }
  const edited = relativeTime(document.updatedAt, Math.max(now, document.updatedAt))
  return (
    <li className="relative isolate flex min-h-16 items-center gap-3 border-b border-line py-2 before:absolute before:inset-y-0 before:-inset-x-3 before:-z-10 before:rounded-lg before:transition-colors hover:before:bg-hover/70">
      <div className="min-w-0 flex-1 sm:flex sm:items-center sm:gap-6">
        {renaming ? (
          <RenameField
            document={document}
            onDone={() => {
              setRenaming(false)
              toField.current = false
              menu.current?.focus()
            }}
          />
        ) : (
          <Link
            to="/d/$documentId"
            params={{ documentId: document.documentId }}
            className="block truncate font-medium tracking-[-0.011em] after:absolute after:inset-y-0 focus-visible:outline-none after:-inset-x-3 focus-visible:after:rounded-md focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent sm:flex-1"
          >
            {title}
          </Link>
        )}
        <p className="mt-0.5 flex shrink-0 items-center gap-2 text-[0.8125rem] text-ink-soft sm:mt-0 sm:gap-6">
          <Requests count={document.requests} />
          <Owner document={document} mine={mine} />
          <span aria-hidden className="text-ink-faint sm:hidden">
            ·
          </span>
          <time
            dateTime={new Date(document.updatedAt).toISOString()}
            title={new Date(document.updatedAt).toLocaleString()}
            className="tabular-nums sm:w-28 sm:text-right"
          >
            <span className="sr-only">Edited </span>
            {edited}
          </time>
        </p>
      </div>
      <div className="relative -mr-2 flex items-center pointer-coarse:gap-1">
        <StarButton
          id={starId}
          of={title}
          isStarred={document.isStarred}
          onChange={(isStarred) => {
            onStar()
            setStar(isStarred)
          }}
        />
        <Menu
          finalFocus={() => !toField.current}
          trigger={
            <IconButton ref={menu} label={`More for ${title}`}>
              <Ellipsis aria-hidden className="size-4.5" />
            </IconButton>
          }
        >
          <MenuItem icon={<Pencil />} onClick={rename}>
            Rename
          </MenuItem>
          <MenuItem icon={<Link2 />} onClick={() => void copyDocumentLink(document.documentId)}>
            Copy link
          </MenuItem>
          <MenuSeparator />
          {mine ? (
            <MenuItem danger icon={<Trash2 />} onClick={onDelete}>
              Delete…
            </MenuItem>
          ) : (
            <MenuItem icon={<ListX />} onClick={onTakeOff}>
              Remove from my list
            </MenuItem>
          )}
        </Menu>
      </div>
    </li>
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
