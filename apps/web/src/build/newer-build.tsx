import { X } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { Button } from '../ui/button.tsx'
import { iconButtonClass } from '../ui/icon-button-class.ts'
import { pageWorker } from './this-page.ts'

/** Offers the newer build, quietly, and only that: a page never reloads by itself. */
export function NewerBuild() {
  const hasNewer = useSyncExternalStore(pageWorker.subscribe, pageWorker.getSnapshot)
  const [isPutOff, setPutOff] = useState(false)
  return (
    <output
      aria-label="New version"
      className="fixed bottom-[calc(var(--foot)+1rem)] left-4 z-40 max-sm:right-4 print:hidden"
    >
      {hasNewer && !isPutOff && (
        <div className="flex items-center gap-3 rounded-xl border border-line bg-surface py-2 pr-2 pl-4 text-sm text-ink shadow-high">
          <p className="flex-1">A newer version of Tandem is ready.</p>
          <Button size="small" onClick={() => pageWorker.reload()}>
            Reload
          </Button>
          <button type="button" aria-label="Later" onClick={() => setPutOff(true)} className={iconButtonClass}>
            <X aria-hidden className="size-4" />
          </button>
        </div>
      )}
    </output>
  )
}
