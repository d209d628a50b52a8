import { rememberedMe } from '../../account/remembered-me.ts'
import { documentHere } from '../document-here.ts'
import { readingPlace } from '../reading-place.ts'
import { drawnNode } from './first-screen-nodes.ts'
import { forgetScreensOf, keepScreen, keptScreen } from './first-screen-storage.ts'

const CLASS = 'first-screen'

const nameOf = (userId: string, documentId: string): string => `${userId} ${documentId}`

let drawn: { readonly name: string; readonly element: HTMLElement } | undefined

/**
 * What the document began with when this browser showed it last, to look at until the text itself is there: a picture of it, to
 * which nothing can be done. The same element for as long as the document is the same, so that it can go from place to place.
 */
export function firstScreenOf(userId: string, documentId: string): HTMLElement | undefined {
  const name = nameOf(userId, documentId)
  if (drawn?.name !== name) {
    const element = draw(userId, documentId)
    drawn = element && { name, element }
  }
  return drawn?.element
}

/** Once the document is there: what is shown the next time has been kept meanwhile. */
export function dropFirstScreen(): void {
  drawn?.element.remove()
  drawn = undefined
}

function draw(userId: string, documentId: string): HTMLElement | undefined {
  const screen = keptScreen(userId, documentId)
  if (screen === undefined) return undefined
  try {
    const text = document.createElement('div')
    text.className = 'ProseMirror prose-document'
    text.append(...screen.blocks.map(drawnNode))
    const column = document.createElement('div')
    column.className = 'mx-auto w-full max-w-[46rem] px-5 sm:px-8'
    column.append(text)
    const element = document.createElement('div')
    element.className = CLASS
    element.inert = true
    element.ariaHidden = 'true'
    element.style.top = `${screen.top}px`
    element.append(column)
    return element
  } catch {
    return undefined
  }
}

/** For the document that the address names, if the page will show where that begins. Of this account. */
export function firstScreenHere(userId: string | undefined): HTMLElement | undefined {
  const documentId = documentHere()
  if (documentId === undefined || userId === undefined) return undefined
  return window.location.hash !== '' || readingPlace(documentId) ? undefined : firstScreenOf(userId, documentId)
}

/** Before anything else of the page has run. */
export function showFirstScreenAhead(): void {
  const screen = firstScreenHere(rememberedMe()?.userId)
  const root = document.getElementById('root')
  if (screen === undefined || root === null) return
  root.append(screen)
  // A page that does not come must not look as if it were there.
  const dropUnlessTaken = ({ target }: Event) => {
    const isOfPage = target === window || target instanceof HTMLScriptElement // not a picture in it
    if (isOfPage && screen.parentElement === root) dropFirstScreen()
  }
  window.addEventListener('error', dropUnlessTaken, { capture: true })
}

/** What can no longer be opened is no longer shown. */
export function forgetFirstScreen(userId: string, documentId: string): void {
  keepScreen(userId, documentId, undefined, 0)
  if (drawn?.name === nameOf(userId, documentId)) dropFirstScreen()
}

/** Of an account that is not let in, or that is no longer this browser's. */
export function forgetFirstScreensOf(userId: string): void {
  forgetScreensOf(userId)
  dropFirstScreen()
}
