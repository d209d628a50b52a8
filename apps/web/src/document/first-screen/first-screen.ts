import type { ScreenNode } from '@tandem/schema/first-screen'
import { rememberedMe } from '../../account/remembered-me.ts'
import { documentHere } from '../document-here.ts'
import { readingPlace } from '../reading-place.ts'
import { drawnNode } from './first-screen-nodes.ts'
import { forgetScreensOf, keepScreen, keptScreen } from './first-screen-storage.ts'
import { dropServedScreen, servedScreen } from './served-screen.ts'

const CLASS = 'first-screen'
const SERVED = 'first-screen-served'

interface Drawn {
  readonly documentId: string
  /** Whose it is; null: anybody's. */
  readonly userId: string | null
  readonly element: HTMLElement
}

let drawn: Drawn | undefined

/**
 * What the document begins with, to look at until the text itself is there: a picture, to which nothing can be done. As this browser showed it
 * to this account last; where it has not, as it came with the page. The same element for as long as the document is the same, so that it
 * can go from place to place.
 */
export function firstScreenOf(userId: string | undefined, documentId: string): HTMLElement | undefined {
  const isDrawn = drawn?.documentId === documentId && isFor(drawn.userId, userId)
  if (!isDrawn) drawn = draw(userId, documentId)
  return drawn?.element
}

/** Once the document is there: what is shown the next time has been kept meanwhile. */
export function dropFirstScreen(): void {
  drawn?.element.remove()
  drawn = undefined
  dropServedScreen()
}

/** The page may not know yet who this is: the server did. */
function isFor(owner: string | null, userId: string | undefined): boolean {
  return owner === null || userId === undefined || owner === userId
}

function draw(userId: string | undefined, documentId: string): Drawn | undefined {
  const kept = userId === undefined ? undefined : keptScreen(userId, documentId)
  try {
    if (kept !== undefined && userId !== undefined) {
      const element = drawnScreen(kept.blocks)
      element.style.top = `${kept.top}px`
      return { userId, documentId, element }
    }
    const served = servedScreen(documentId)
    if (served === undefined || served.blocks.length === 0 || !isFor(served.userId, userId)) return undefined
    const element = drawnScreen(served.blocks)
    element.classList.add(SERVED)
    return { userId: served.userId, documentId, element }
  } catch {
    return undefined
  }
}

function drawnScreen(blocks: readonly ScreenNode[]): HTMLElement {
  const text = document.createElement('div')
  text.className = 'ProseMirror prose-document'
  text.append(...blocks.map(drawnNode))
  const column = document.createElement('div')
  column.className = 'mx-auto w-full max-w-[46rem] px-5 sm:px-8'
  column.append(text)
  const element = document.createElement('div')
  element.className = CLASS
  element.inert = true
  element.ariaHidden = 'true'
  element.append(column)
  return element
}

/** For the document that the address names, if the page will show where that begins. Of this account. */
export function firstScreenHere(userId: string | undefined): HTMLElement | undefined {
  const documentId = documentHere()
  if (documentId === undefined) return undefined
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
  if (drawn?.documentId === documentId) dropFirstScreen()
}

/** Once the server has said who this is. */
export function dropFirstScreenUnlessOf(userId: string): void {
  if (drawn !== undefined && !isFor(drawn.userId, userId)) dropFirstScreen()
}

/** Of an account that is not let in, or that is no longer this browser's. */
export function forgetFirstScreensOf(userId: string): void {
  forgetScreensOf(userId)
  dropFirstScreen()
}
