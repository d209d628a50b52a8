import type { DocumentId, Role } from '@tandem/sync'
import { Eye, RotateCw, TriangleAlert } from 'lucide-react'
import { AskToEdit } from '../share/ask-to-edit.tsx'
import { Button } from '../ui/button.tsx'
import { damageWords } from './damage-words.ts'

interface ReadOnlyBannerProps {
  documentId: DocumentId
  role: Role | undefined
  isTooOld: boolean
  damagedAfterMs: number | undefined
}

/** Why the text cannot be changed here, and what can be done about it. */
export function ReadOnlyBanner({ documentId, role, isTooOld, damagedAfterMs }: ReadOnlyBannerProps) {
  const isDamaged = damagedAfterMs !== undefined
  // Who may only read would not gain anything by reloading.
  const isReader = role === 'viewer' || role === 'commenter'
  const reloadHelps = isTooOld && !isDamaged && !isReader
  const Icon = isDamaged ? TriangleAlert : Eye
  return (
    <div
      role="note"
      className="sticky top-14 z-20 flex flex-wrap items-center justify-center gap-x-4 gap-y-2 bg-warn-wash px-4 py-2 text-sm text-warn"
    >
      <span className="flex items-center gap-2">
        <Icon aria-hidden className="size-4 shrink-0" />
        {isDamaged
          ? damageWords(damagedAfterMs)
          : reloadHelps
            ? 'This page is older than the document. Reload it to go on editing; nothing you typed is lost.'
            : 'You can read this document. Its owner can let you edit it.'}
      </span>
      {isReader && !isDamaged && <AskToEdit documentId={documentId} />}
      {reloadHelps && (
        <Button size="small" onClick={() => window.location.reload()}>
          <RotateCw aria-hidden className="size-3.5" />
          Reload
        </Button>
      )}
    </div>
  )
}
