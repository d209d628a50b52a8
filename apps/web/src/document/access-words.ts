import type { FailureWords } from './failure-words.ts'

/** What somebody whose document ended with 'not-allowed' may do now. */
export interface AccessNow {
  /** asking: the server has not said yet. writing, reading: what they may do now. none: nothing. */
  readonly may: 'asking' | 'writing' | 'reading' | 'none'
  /** They had it open: it was taken away, not just never given. */
  readonly wasOpen: boolean
  /** Only where this browser knows it from when it could still open the document: who has no access is not told whose it is. */
  readonly ownerName: string | undefined
}

export function accessWords({ may, wasOpen, ownerName }: AccessNow): FailureWords {
  const owner = ownerName ?? 'its owner'
  switch (may) {
    case 'asking':
      return {
        title: 'Your access to this document has changed',
        text: 'Looking up what you may still do…',
        remedy: 'home',
      }
    case 'writing':
      return {
        title: 'You can edit this document now',
        text: 'Your access was changed while the document was open here. Open it again to go on.',
        remedy: 'open-again',
      }
    case 'reading':
      return {
        title: 'You can read this document now, but not change it',
        text: `What you may do was changed while you were writing. Ask ${owner} if you need to edit.`,
        remedy: 'open-again',
      }
    case 'none':
      return wasOpen
        ? {
            title: 'You no longer have access to this document',
            text: `It was taken away, or the document’s address no longer lets everybody in. Ask ${owner} to let you in again.`,
            remedy: 'home',
          }
        : {
            title: 'You have no access to this document',
            text: `Its address alone does not open it. Ask ${owner} to let you in, or whoever sent it to you for an invite link.`,
            remedy: 'home',
          }
    default:
      return may satisfies never
  }
}
