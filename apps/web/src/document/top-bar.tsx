import type { DocumentId } from '@tandem/sync'
import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import clsx from 'clsx'
import { memo, useEffect, useRef } from 'react'
import { ShareButton } from '../share/share-button.tsx'
import { Hint } from '../ui/hint.tsx'
import { iconButtonClass } from '../ui/icon-button-class.ts'
import { useNarrow } from '../ui/use-narrow.ts'
import './calm-bar.css'
import { watchCalm } from './calm-bar.ts'
import { LazyDownloadMenu } from './export/lazy-download-menu.tsx'
import { PeopleHere } from './people-here.tsx'
import type { SavingFacts } from './saving-text.ts'
import { SavingStatus } from './saving-status.tsx'
import { StarDocument } from './star-document.tsx'
import { TitleField } from './title-field.tsx'
import type { Title } from './use-title.ts'

interface TopBarProps {
  documentId: DocumentId
  title: Title
  /** Undefined until the document is open: there is nothing of one's own to save yet. */
  facts: SavingFacts | undefined
}

export function TopBar({ documentId, title, facts }: TopBarProps) {
  const isNarrow = useNarrow()
  const bar = useCalmBar()
  const star = (
    <span className="calm-away flex">
      <StarDocument documentId={documentId} />
    </span>
  )
  return (
    <header ref={bar} className="sticky top-0 z-30 flex h-14 items-center gap-1.5 bg-canvas px-2 sm:gap-2 sm:px-3">
      <BackHome />
      <div className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-center sm:gap-1">
        <TitleField title={title} />
        {!isNarrow && star}
        <SavingStatus documentId={documentId} facts={facts} />
      </div>
      {isNarrow && star}
      {facts && (
        <span className="calm-away flex">
          <LazyDownloadMenu documentId={documentId} title={title.text} />
        </span>
      )}
      <RightSide documentId={documentId} title={title.text} />
    </header>
  )
}

/** While somebody types in the text the bar shows less: said by an attribute, so that no key draws the page anew. */
function useCalmBar() {
  const bar = useRef<HTMLElement>(null)
  useEffect(
    () => watchCalm(document.documentElement, (isCalm) => bar.current?.toggleAttribute('data-calm', isCalm)),
    [],
  )
  return bar
}

/** What does not change while somebody types in the text. */
const RightSide = memo(function RightSide({ documentId, title }: { documentId: DocumentId; title: string }) {
  return (
    <>
      <PeopleHere documentId={documentId} />
      <span className="calm-away flex">
        <ShareButton documentId={documentId} title={title} />
      </span>
    </>
  )
})

const BackHome = memo(function BackHome() {
  return (
    <Hint text="Your documents">
      <Link to="/" aria-label="Back to your documents" className={clsx(iconButtonClass, 'calm-away')}>
        <ArrowLeft aria-hidden className="size-4.5" />
      </Link>
    </Hint>
  )
})
