import type { SaveTrace, SaveWaits } from '@tandem/client'
import { useDocumentHandle } from '@tandem/client/react'
import type { DocumentId } from '@tandem/sync'
import clsx from 'clsx'
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import { relativeTime } from '../home/relative-time.ts'
import { savingDetail, type SavingFacts } from './saving-text.ts'
import { durationText, isFromEarlierPage, waitsOf, type Wait } from './saving-waits.ts'

const TICK_MS = 1_000

const COLOURS: Record<Wait['place'], string> = {
  device: 'bg-accent',
  link: 'bg-warn',
  turn: 'bg-line-strong',
  network: 'bg-ink-faint',
  server: 'bg-ink',
  away: 'bg-ink-faint',
}

interface SavingDetailsProps {
  documentId: DocumentId
  facts: SavingFacts
}

/** What the saving status opens. It looks by itself, once a second, and renders nothing around it. */
export function SavingDetails({ documentId, facts }: SavingDetailsProps) {
  const handle = useDocumentHandle(documentId)
  const nowMs = useNow()
  const last = useSyncExternalStore(handle.subscribe, handle.getLastSave)
  const sinceMs = useSyncExternalStore(handle.subscribe, handle.getWaitingSinceMs)
  const count = facts.unsentCount + (facts.titlePending ? 1 : 0)
  const waitedMs = sinceMs === undefined ? undefined : Math.max(TICK_MS, nowMs - sinceMs)
  const forHowLong = waitedMs === undefined ? '' : `, for ${durationText(waitedMs - (waitedMs % TICK_MS))}`
  return (
    <>
      <p className="mt-1.5 text-sm leading-relaxed text-ink-soft">{savingDetail(facts)}</p>
      <dl className="mt-3 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1.5 border-t border-line pt-3 text-[0.8125rem]">
        <Fact name="Connection">
          {facts.connection === 'live' ? 'Live' : facts.connection === 'offline' ? 'None' : 'Reconnecting…'}
        </Fact>
        <Fact name="Waiting to be saved">{count === 0 ? 'Nothing' : `${count}${forHowLong}`}</Fact>
        <Fact name="Kept in this browser">{facts.keeping === 'device' ? 'Yes' : 'No'}</Fact>
        {last && <LastSave last={last} nowMs={nowMs} />}
      </dl>
      {last && <LastWaits waits={last.waits} />}
    </>
  )
}

function LastSave({ last: { savedAtMs, waits }, nowMs }: { last: SaveTrace; nowMs: number }) {
  const at = new Date(savedAtMs)
  return (
    <>
      <Fact name="Last saved">
        <time dateTime={at.toISOString()} title={at.toLocaleString()}>
          {relativeTime(savedAtMs, nowMs)}
        </time>
      </Fact>
      {waits && <Fact name="Round trip">{durationText(waits.roundTripMs)}</Fact>}
    </>
  )
}

/** Of the last change that was saved. */
function LastWaits({ waits }: { waits: SaveWaits | undefined }) {
  const told = waits ? waitsOf(waits) : []
  const allMs = told.reduce((sum, { ms }) => sum + ms, 0)
  return (
    <section aria-label="Where the last change waited" className="mt-3 border-t border-line pt-3 text-[0.8125rem]">
      <h3 className="flex justify-between gap-x-4 font-medium">
        Where the last change waited
        {waits && !isFromEarlierPage(waits) && <span className="tabular-nums">{durationText(allMs)}</span>}
      </h3>
      {allMs > 0 && (
        <div aria-hidden className="mt-2 flex h-1.5 gap-px overflow-hidden rounded-full">
          {told.map(
            ({ place, ms }) =>
              ms > 0 && <div key={place} className={clsx('min-w-0.5', COLOURS[place])} style={{ flexGrow: ms }} />,
          )}
        </div>
      )}
      {waits ? (
        <dl className="mt-2 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
          {told.map(({ place, name, ms }) => (
            <Fact key={place} name={name} colour={COLOURS[place]}>
              {durationText(ms)}
            </Fact>
          ))}
        </dl>
      ) : (
        <p className="mt-1 text-ink-soft">Another tab of this browser sent it.</p>
      )}
      {waits && isFromEarlierPage(waits) && (
        <p className="mt-1.5 text-ink-soft">It was typed before this page was opened, and was kept here until then.</p>
      )}
    </section>
  )
}

function Fact({ name, colour, children }: { name: string; colour?: string; children: ReactNode }) {
  return (
    <>
      <dt className="flex items-center gap-2 text-ink-soft">
        {colour && <span aria-hidden className={clsx('size-2 shrink-0 rounded-full', colour)} />}
        {name}
      </dt>
      <dd className="text-right font-medium tabular-nums">{children}</dd>
    </>
  )
}

/** The wall clock, looked at while this is open. */
function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return nowMs
}
