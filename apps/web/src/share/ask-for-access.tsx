import type { DocumentId } from '@tandem/sync'
import { Clock } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '../account/use-me.ts'
import { AskButton } from './ask-button.tsx'
import { Choice } from './choice.tsx'
import { askedWords, ROLE_REQUESTS, type OfferedRole } from './share-words.ts'
import { useOwnRequest } from './use-request.ts'

interface AskForAccessProps {
  documentId: DocumentId
  /** What the page does when they are let in. */
  opensByItself: boolean
}

/** For somebody who may not open the document: asks its owner, and says what has become of that. Shows nothing before that is known. */
export function AskForAccess({ documentId, opensByItself }: AskForAccessProps) {
  const me = useMe()
  const { asked, isSending, ask } = useOwnRequest(documentId)
  const [role, setRole] = useState<OfferedRole>('editor')
  if (asked === undefined) return null
  return (
    <section aria-label="Ask for access" className="rounded-2xl border border-line bg-surface p-5">
      <output className="block">
        {asked && (
          <p className="flex items-center gap-2 font-medium">
            <Clock aria-hidden className="size-4.5 shrink-0 text-accent" />
            {askedWords(asked.role)}
          </p>
        )}
      </output>
      <p className="mt-1 text-sm leading-relaxed text-ink-soft">
        {asked
          ? `Its owner has been told. ${opensByItself ? 'The document opens here by itself' : 'It is said here'} when you are let in.`
          : `Its owner will see that ${me?.name ?? 'you'} ${me?.isGuest ? '(a guest) ' : ''}would like to come in.`}
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        {!asked && (
          <Choice label="What you ask for" value={role} choices={ROLE_REQUESTS} size="medium" onChange={setRole} />
        )}
        <AskButton
          key="ask"
          look={asked ? 'outline' : 'primary'}
          words={asked ? 'Take it back' : 'Ask for access'}
          isSending={isSending}
          onAsk={() => ask(asked ? null : role)}
        />
      </div>
    </section>
  )
}
