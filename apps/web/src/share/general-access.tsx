import type { DocumentId } from '@tandem/sync'
import { Globe, Link2, Lock } from 'lucide-react'
import { copyDocumentLink } from '../document/document-link.ts'
import { Button } from '../ui/button.tsx'
import { Choice } from './choice.tsx'
import { Section } from './section.tsx'
import { GENERAL_CHOICES, generalDetail, generalWords, offered } from './share-words.ts'
import { useSharingChange, type Shared } from './use-shared.ts'

/** What anybody who has the address may do, and the address. */
export function GeneralAccess({ documentId, shared }: { documentId: DocumentId; shared: Shared }) {
  const { linkRole, role } = shared
  const setLink = useSharingChange(documentId, ({ setLink: set }, next: (typeof GENERAL_CHOICES)[number]['value']) =>
    set.mutate({ documentId, role: next === 'nobody' ? null : next }),
  )
  const Icon = linkRole === null ? Lock : Globe
  return (
    <Section title="General access">
      <div className="mt-2 flex items-start gap-3">
        <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-wash text-accent">
          <Icon aria-hidden className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          {role === 'owner' ? (
            <Choice
              label="General access"
              value={linkRole === null ? 'nobody' : offered(linkRole)}
              choices={GENERAL_CHOICES}
              disabled={setLink.isPending}
              onChange={(next) => setLink.mutate(next)}
            />
          ) : (
            <p className="text-sm font-medium">{generalWords(linkRole)}</p>
          )}
          <p className="mt-1 text-xs leading-snug text-ink-soft">{generalDetail(linkRole)}</p>
        </div>
      </div>
      <Button size="small" className="mt-3" onClick={() => void copyDocumentLink(documentId)}>
        <Link2 aria-hidden className="size-4" />
        Copy link
      </Button>
    </Section>
  )
}
