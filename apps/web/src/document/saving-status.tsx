import type { DocumentId } from '@tandem/sync'
import clsx from 'clsx'
import { Check, CloudOff, LoaderCircle, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { ConnectionAnnouncement } from '../app/connection-announcement.tsx'
import { LazyPopover } from '../ui/lazy-popover.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { savingText, type SavingFacts, type SavingText } from './saving-text.ts'

const loadDetails = async () => (await import('./saving-details.tsx')).SavingDetails

/** "Saved" waits this long for more typing, so that it does not flicker with every key. */
const CALM_MS = 400

const LOOKS: Record<SavingText, { icon: typeof Check; look: string }> = {
  Saved: { icon: Check, look: 'text-ink-faint' },
  'Saved. This browser cannot keep offline edits': { icon: TriangleAlert, look: 'text-warn' },
  'Saving…': { icon: LoaderCircle, look: 'text-ink-faint' },
  'Offline. Changes are kept on this device': { icon: CloudOff, look: 'text-warn' },
  'Offline. This browser cannot keep changes': { icon: TriangleAlert, look: 'text-danger' },
  'Not saved. Changes are kept on this device': { icon: TriangleAlert, look: 'text-warn' },
  'Not saved. This browser cannot keep changes': { icon: TriangleAlert, look: 'text-danger' },
}

/** Where there is room for less: what matters must not be the end that is cut off. */
const SHORT: Partial<Record<SavingText, string>> = {
  'Saved. This browser cannot keep offline edits': 'Saved, not kept offline',
  'Offline. This browser cannot keep changes': 'Offline. Nothing is kept',
  'Not saved. This browser cannot keep changes': 'Not saved, nothing kept',
}

/** The saving status; a click says more. Only losing and regaining the connection is read out: every "Saved" would be noise. */
export function SavingStatus({ documentId, facts }: { documentId: DocumentId; facts: SavingFacts | undefined }) {
  // oxlint-disable jsx-a11y/prefer-tag-over-role -- an <output> is for results of a form; this role is what people and tests find it by
  // The element is there from the start: screen readers watch only what they have seen.
  if (!facts) return <div role="status" aria-live="off" className="h-5 sm:h-8" />
  return <OpenStatus documentId={documentId} facts={facts} />
}

function OpenStatus({ documentId, facts }: { documentId: DocumentId; facts: SavingFacts }) {
  const [Details, setDetails] = useState<Awaited<ReturnType<typeof loadDetails>>>()
  const text = useCalm(savingText(facts))
  const { icon: Icon, look } = LOOKS[text]
  const shown = (useNarrow() ? SHORT[text] : undefined) ?? text
  return (
    <>
      <div role="status" aria-live="off" className="flex min-w-0">
        <LazyPopover
          align="start"
          title={text}
          loadChildren={async () => {
            const loaded = await loadDetails()
            setDetails(() => loaded)
          }}
          trigger={
            <button
              type="button"
              className={clsx(
                'flex min-w-0 items-center gap-1.5 rounded-md px-1.5 text-[0.8125rem] transition-colors hover:bg-hover max-sm:h-5 max-sm:text-xs sm:h-8',
                look,
              )}
            >
              <Icon aria-hidden className={clsx('size-3.5 shrink-0', text === 'Saving…' && 'animate-spin')} />
              <span className="truncate">{shown}</span>
            </button>
          }
        >
          {Details && <Details documentId={documentId} facts={facts} />}
        </LazyPopover>
      </div>
      <ConnectionAnnouncement
        offline={text.startsWith('Offline')}
        meanwhile="You can go on writing."
        also={facts.keeping === 'nowhere' ? 'This browser cannot keep offline edits.' : undefined}
      />
    </>
  )
}

/** Bad news at once, "Saved" only after a pause. */
function useCalm(text: SavingText): SavingText {
  const saved = text.startsWith('Saved')
  const [settled, setSettled] = useState(saved)
  useEffect(() => {
    if (!saved) return
    const timer = setTimeout(() => setSettled(true), CALM_MS)
    return () => {
      clearTimeout(timer)
      setSettled(false)
    }
  }, [saved])
  return saved && !settled ? 'Saving…' : text
}
