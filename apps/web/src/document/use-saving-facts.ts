import type { DocumentView } from '@tandem/client'
import { useLongSince } from '../app/use-long-since.ts'
import { CONNECTION_GRACE_MS, type SavingFacts } from './saving-text.ts'

/** What the status is derived from. Until the document is open there is nothing of one's own to save. */
export function useSavingFacts(view: DocumentView, { titlePending }: { titlePending: boolean }): SavingFacts {
  const open = view.status === 'open' ? view : undefined
  const connection = open?.connection ?? 'reconnecting'
  const cut = useLongSince(connection !== 'live', CONNECTION_GRACE_MS)
  return {
    connection,
    saving: open?.saving ?? 'saved',
    keeping: open?.keeping ?? 'device',
    unsentCount: open?.unsentCount ?? 0,
    titlePending,
    cut,
    damaged: open?.damagedAfterMs !== undefined,
  }
}
