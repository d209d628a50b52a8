import { Link } from '@tanstack/react-router'
import { Ellipsis, Link2, ListX, Pencil, Trash2 } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useMe } from '../account/use-me.ts'
import type { DocumentSummary } from '../app/api.ts'
import { useSetStar } from '../app/stars.ts'
import { UNTITLED } from '../app/untitled.ts'
import { copyDocumentLink } from '../document/document-link.ts'
import { firstWordsOf } from '../document/first-screen/first-words.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { StarButton } from '../ui/star-button.tsx'
import { DocumentFacts } from './document-facts.tsx'
import { RenameField } from './rename-field.tsx'

interface DocumentRowProps {
  document: DocumentSummary
  mine: boolean
  now: number
  /** This device has work of it that the server has not. */
  isUnsent: boolean
  /** Where its star can be found once the row has moved to another list. */
  starId: string
  onStar(): void
  /** Of what somebody else owns. */
  onTakeOff(): void
  /** Of what is one's own. */
  onDelete(): void
}

/** One document. The whole row leads to it; its menu and the field that renames it lie above that link. */
export function DocumentRow({ document, mine, now, isUnsent, starId, onStar, onTakeOff, onDelete }: DocumentRowProps) {
  const [renaming, setRenaming] = useState(false)
  const menu = useRef<HTMLButtonElement>(null)
  /** The menu closes because the field opens, or a dialog: focus is theirs. */
  const goesOn = useRef(false)
  const { title } = document
  const firstWords = useFirstWords(document)
  const name = firstWords === undefined ? title : `${title} ${firstWords}`
  const setStar = useSetStar(document.documentId)
  const rename = () => {
    goesOn.current = true
    setRenaming(true)
  }
  const ask = () => {
    goesOn.current = true
    onDelete()
  }
  return (
    <li className="relative isolate flex min-h-16 items-center gap-3 border-b border-line py-2 before:absolute before:inset-y-0 before:-inset-x-3 before:-z-10 before:rounded-lg before:transition-colors hover:before:bg-hover/70">
      <div className="min-w-0 flex-1 sm:flex sm:items-center sm:gap-6">
        {renaming ? (
          <RenameField
            document={document}
            onDone={() => {
              setRenaming(false)
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
            {firstWords !== undefined && <span className="pl-1.5 font-normal text-ink-soft">{` ${firstWords}`}</span>}
          </Link>
        )}
        <DocumentFacts document={document} mine={mine} now={now} isUnsent={isUnsent} />
      </div>
      <div className="relative -mr-2 flex items-center pointer-coarse:gap-1">
        <StarButton
          id={starId}
          of={name}
          isStarred={document.isStarred}
          onChange={(isStarred) => {
            onStar()
            setStar(isStarred)
          }}
        />
        <Menu
          finalFocus={() => {
            const isTaken = goesOn.current
            goesOn.current = false
            return !isTaken
          }}
          trigger={
            <IconButton ref={menu} label={`More for ${name}`}>
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
            <MenuItem danger icon={<Trash2 />} onClick={ask}>
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

/** Of a document without a title, which looks like every other: what tells it from them, where this device knows it. */
function useFirstWords(document: DocumentSummary): string | undefined {
  const userId = useMe()?.userId
  return useMemo(() => {
    const { documentId, title } = document
    return title === UNTITLED && userId !== undefined ? firstWordsOf(userId, documentId) : undefined
  }, [document, userId])
}
