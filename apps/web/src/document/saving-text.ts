/** What is known about a document's way to the server, as the page sees it. */
export interface SavingFacts {
  readonly connection: 'live' | 'reconnecting' | 'offline'
  readonly saving: 'saved' | 'saving' | 'unsaved'
  readonly keeping: 'device' | 'nowhere'
  readonly unsentCount: number
  /** The title has been typed but not stored yet. */
  readonly titlePending: boolean
  /** There has been no connection for longer than a blink (`useLasting`). */
  readonly cut: boolean
  /** The server has a damaged document, and takes nothing until it is repaired. */
  readonly damaged: boolean
}

export type SavingText =
  | 'Saved'
  | 'Saved. This browser cannot keep offline edits'
  | 'Saving…'
  | 'Offline. Changes are kept on this device'
  | 'Offline. This browser cannot keep changes'
  | 'Not saved. Changes are kept on this device'
  | 'Not saved. This browser cannot keep changes'

/**
 * The one line that people trust. "Saved" is said only when nothing typed is missing on the server;
 * a connection that is gone is said even when nothing waits, since what is typed next will wait.
 */
export function savingText(facts: SavingFacts): SavingText {
  if (facts.connection !== 'live' && (facts.cut || facts.connection === 'offline')) {
    return facts.keeping === 'device'
      ? 'Offline. Changes are kept on this device'
      : 'Offline. This browser cannot keep changes'
  }
  if (facts.damaged && facts.unsentCount > 0) {
    return facts.keeping === 'device'
      ? 'Not saved. Changes are kept on this device'
      : 'Not saved. This browser cannot keep changes'
  }
  if (!everythingStored(facts)) return 'Saving…'
  return facts.keeping === 'device' ? 'Saved' : 'Saved. This browser cannot keep offline edits'
}

/** Whether closing this page now would lose something. */
export function wouldLoseWork(facts: SavingFacts): boolean {
  return facts.keeping === 'nowhere' && !everythingStored(facts)
}

/** Words for the details under the status. */
export function savingDetail(facts: SavingFacts): string {
  if (everythingStored(facts) && facts.keeping === 'nowhere') {
    return 'Everything you typed is stored on the server. This browser refuses to keep anything (private window, full disk, or storage switched off): without a connection, what you type is only in this page.'
  }
  if (everythingStored(facts)) {
    return facts.connection === 'live'
      ? 'Everything you typed is stored on the server.'
      : 'Everything you typed so far is stored on the server. What you type now is sent as soon as the connection is back.'
  }
  if (facts.keeping === 'nowhere')
    return 'This browser refuses to keep changes. Leave this page open until they are saved, or download your text.'
  if (facts.connection !== 'live')
    return 'Your changes are kept in this browser, also when you close it, and are sent as soon as the connection is back.'
  if (facts.damaged)
    return 'The stored document is damaged. Your changes are kept in this browser: after the repair they are sent, or offered to you as a copy.'
  if (facts.saving === 'unsaved')
    return 'The server cannot store changes right now. They are kept in this browser and sent again shortly.'
  return 'Your changes are on their way to the server, and kept in this browser until it has stored them.'
}

function everythingStored({ saving, unsentCount, titlePending }: SavingFacts): boolean {
  return saving === 'saved' && unsentCount === 0 && !titlePending
}
