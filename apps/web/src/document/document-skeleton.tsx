import type { SyncError } from '@tandem/sync'
import clsx from 'clsx'
import { useEffect, useState } from 'react'
import { useMe } from '../account/use-me.ts'
import { FirstScreenPlace } from './first-screen/first-screen-place.tsx'
import { firstScreenHere } from './first-screen/first-screen.ts'
import { formatBarClass } from './format-bar-class.ts'
import { Skeleton } from '../ui/skeleton.tsx'

const SLOW_MS = 4_000

interface DocumentSkeletonProps {
  progress: number
  /** Why one is not let in for now. */
  waitsFor?: SyncError | undefined
}

/** Stands where the toolbar and the text will stand, so that nothing jumps when they come; as it was, where that is kept. */
export function DocumentSkeleton({ progress, waitsFor }: DocumentSkeletonProps) {
  const percent = Math.round(progress * 100)
  const userId = useMe()?.userId
  const [screen] = useState(() => firstScreenHere(userId))
  const isAsItWas = screen !== undefined && waitsFor === undefined
  return (
    <section aria-busy aria-label="Loading the document">
      <div className={clsx(formatBarClass, 'sticky top-14 z-20')}>
        {isAsItWas && percent === 0 && <SlowNote className="truncate px-5 pt-2.5 pointer-coarse:pt-3.5" />}
        {percent > 0 && percent < 100 && (
          <progress
            aria-label="Received so far"
            value={percent}
            max={100}
            className="loading-line absolute inset-x-0 -bottom-px h-0.5 w-full phone:-top-px"
          />
        )}
      </div>
      {isAsItWas ? <FirstScreenPlace screen={screen} /> : <Grey percent={percent} waitsFor={waitsFor} />}
    </section>
  )
}

function Grey({ percent, waitsFor }: { percent: number; waitsFor: SyncError | undefined }) {
  return (
    <div className="mx-auto w-full max-w-[46rem] px-5 pt-8 sm:px-8 sm:pt-12">
      <Skeleton className="h-8 w-3/5" />
      <Lines widths={['w-full', 'w-11/12', 'w-full', 'w-4/5']} />
      <Lines widths={['w-full', 'w-5/6', 'w-2/3']} />
      {waitsFor?.code === 'link-full' ? (
        <output className="mx-auto block mt-10 max-w-md text-center text-sm leading-relaxed text-ink-soft">
          {waitsFor.message}
        </output>
      ) : (
        percent === 0 && <SlowNote className="mt-10" />
      )}
    </div>
  )
}

function Lines({ widths }: { widths: readonly string[] }) {
  return (
    <div className="mt-9 space-y-3.5">
      {widths.map((width, index) => (
        <Skeleton key={index} className={`h-4 ${width}`} />
      ))}
    </div>
  )
}

/** Said only when it takes long: nothing of this document has arrived, and this browser has no copy of it. */
function SlowNote({ className }: { className: string }) {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p aria-live="polite" className={clsx('text-center text-sm text-ink-soft', className)}>
      {slow && 'The server has not answered yet. This page goes on trying.'}
    </p>
  )
}
