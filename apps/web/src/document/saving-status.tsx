import clsx from 'clsx'
import { Check, CloudOff, LoaderCircle, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { LazyPopover } from '../ui/lazy-popover.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { savingDetail, savingText, type SavingFacts, type SavingText } from './saving-text.ts'

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
export function SavingStatus({ facts }: { facts: SavingFacts | undefined }) {
  // oxlint-disable jsx-a11y/prefer-tag-over-role -- an <output> is for results of a form; this role is what people and tests find it by
  // The element is there from the start: screen readers watch only what they have seen.
  if (!facts) return <div role="status" aria-live="off" className="h-5 sm:h-8" />
  return <OpenStatus facts={facts} />
}

function OpenStatus({ facts }: { facts: SavingFacts }) {
  const text = useCalm(savingText(facts))
  const { icon: Icon, look } = LOOKS[text]
  const shown = (useNarrow() ? SHORT[text] : undefined) ?? text
  return (
    <>
      <div role="status" aria-live="off" className="flex min-w-0">
        <LazyPopover
          align="start"
          title={text}
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
          <p className="mt-1.5 text-sm leading-relaxed text-ink-soft">{savingDetail(facts)}</p>
          <dl className="mt-3 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1.5 border-t border-line pt-3 text-[0.8125rem]">
            <Fact
              name="Connection"
              value={facts.connection === 'live' ? 'Live' : facts.connection === 'offline' ? 'None' : 'Reconnecting…'}
            />
            <Fact name="Waiting to be saved" value={String(facts.unsentCount + (facts.titlePending ? 1 : 0))} />
            <Fact name="Kept in this browser" value={facts.keeping === 'device' ? 'Yes' : 'No'} />
          </dl>
        </LazyPopover>
      </div>
      <ConnectionAnnouncement offline={text.startsWith('Offline')} keptNowhere={facts.keeping === 'nowhere'} />
    </>
  )
}

function ConnectionAnnouncement({ offline, keptNowhere }: { offline: boolean; keptNowhere: boolean }) {
  const [everOffline, setEverOffline] = useState(offline)
  if (offline && !everOffline) setEverOffline(true)
  return (
    <p aria-live="polite" className="sr-only">
      {offline ? 'The connection is lost. You can go on writing.' : everOffline && 'Connected again.'}
      {keptNowhere && ' This browser cannot keep offline edits.'}
    </p>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="text-right font-medium tabular-nums">{value}</dd>
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
