import type { DocumentId } from '@tandem/sync'
import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { memo } from 'react'
import { ShareButton } from '../share/share-button.tsx'
import { Hint } from '../ui/hint.tsx'
import { iconButtonClass } from '../ui/icon-button-class.ts'
import { LazyDownloadMenu } from './export/lazy-download-menu.tsx'
import { PeopleHere } from './people-here.tsx'
import type { SavingFacts } from './saving-text.ts'
import { SavingStatus } from './saving-status.tsx'
import { TitleField } from './title-field.tsx'
import type { Title } from './use-title.ts'

interface TopBarProps {
  documentId: DocumentId
  title: Title
  /** Undefined until the document is open: there is nothing of one's own to save yet. */
  facts: SavingFacts | undefined
}

export function TopBar({ documentId, title, facts }: TopBarProps) {
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-1.5 bg-canvas px-2 sm:gap-2 sm:px-3">
      <BackHome />
      <div className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-center sm:gap-3">
        <TitleField title={title} />
        <SavingStatus facts={facts} />
      </div>
      {facts && <LazyDownloadMenu documentId={documentId} title={title.text} />}
      <RightSide documentId={documentId} title={title.text} />
    </header>
  )
}

/** What does not change while somebody types in the text. */
const RightSide = memo(function RightSide({ documentId, title }: { documentId: DocumentId; title: string }) {
  return (
    <>
      <PeopleHere documentId={documentId} />
      <ShareButton documentId={documentId} title={title} />
    </>
  )
})

const BackHome = memo(function BackHome() {
  return (
    <Hint text="Your documents">
      <Link to="/" aria-label="Back to your documents" className={iconButtonClass}>
        <ArrowLeft aria-hidden className="size-4.5" />
      </Link>
    </Hint>
  )
})
