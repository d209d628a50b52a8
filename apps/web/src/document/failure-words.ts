import type { ErrorCode } from '@tandem/sync'

export interface FailureWords {
  readonly title: string
  readonly text: string
  /** What may help: another look at the same address, a newer page, or nothing but the way home. */
  readonly remedy: 'open-again' | 'reload' | 'home'
}

/** What to tell a person whose document cannot be shown. The server's own words are used where they say more than we know. */
export function failureWords(code: ErrorCode | undefined, message: string): FailureWords {
  switch (code) {
    case 'unknown-document':
      return {
        title: 'There is no such document',
        text: 'The link may be incomplete, or the document was deleted.',
        remedy: 'home',
      }
    case 'document-deleted':
      return { title: 'This document was deleted', text: 'Its owner deleted it for everybody.', remedy: 'home' }
    case 'not-allowed':
      return { title: 'You have no access to this document', text: 'Ask its owner to let you in.', remedy: 'home' }
    case 'not-signed-in':
      return { title: 'You are signed out', text: 'Reload the page to go on as a guest.', remedy: 'reload' }
    case 'client-too-old':
      return {
        title: 'This page is too old',
        text: 'The document was written with a newer version of Tandem. Reload to get it; what you typed is kept.',
        remedy: 'reload',
      }
    case 'other-epoch':
      return {
        title: 'This document was restored',
        text: 'It goes on from an earlier state, so what you had open cannot be continued.',
        remedy: 'open-again',
      }
    case 'diverged':
      return {
        title: 'This page had gone astray',
        text: 'It showed something else than what is stored. What you saw is kept as a copy; open the document again to go on.',
        remedy: 'open-again',
      }
    case 'document-full':
      return { title: 'This document is full', text: message, remedy: 'open-again' }
    case 'update-too-large':
      return { title: 'Your last change was too large', text: message, remedy: 'open-again' }
    case 'malformed-update':
    case 'foreign-client-id':
    case 'push-id-reused':
    case 'bad-input':
      return { title: 'Your last changes were refused', text: message, remedy: 'open-again' }
    case 'document-damaged':
      return {
        title: 'This document is damaged',
        text: 'It is read-only until an administrator repairs it.',
        remedy: 'open-again',
      }
    case 'log-unavailable':
    case 'overloaded':
    case 'link-full':
    case 'node-draining':
    case 'socket-closed':
    case 'not-joined':
    case 'missing-updates':
    case 'parts-missing':
    case 'too-slow':
    case undefined:
      return { title: 'This document could not be opened', text: message, remedy: 'open-again' }
    default:
      return code satisfies never
  }
}
