import type { UpdateLog } from '@tandem/sync'

/** The same log; `onAppend` hears how appends end that had something to write: on disk, or not, or nobody knows. */
export function watchedLog(log: UpdateLog, onAppend: (end: 'written' | 'failed') => void): UpdateLog {
  return {
    open: (...input) => log.open(...input),
    read: (...input) => log.read(...input),
    heads: (...input) => log.heads(...input),
    findPush: (...input) => log.findPush(...input),
    lastPushId: (...input) => log.lastPushId(...input),
    append: async (...input) => {
      try {
        const outcome = await log.append(...input)
        if (outcome.status === 'appended') onAppend('written')
        return outcome
      } catch (error) {
        onAppend('failed')
        throw error
      }
    },
  }
}
