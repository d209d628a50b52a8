import type { DocumentView } from '@tandem/client'
import { useLasting } from '../app/use-lasting.ts'
import type { SavingFacts } from './saving-text.ts'

/** What the status is derived from. Until the document is open there is nothing of one's own to save. */
export function useSavingFacts(view: DocumentView, { titlePending }: { titlePending: boolean }): SavingFacts {
  const open = view.status === 'open' ? view : undefined
  const connection = open?.connection ?? 'reconnecting'
  const cut = useLasting(connection !== 'live')
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
