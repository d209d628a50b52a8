import type { Editor } from '@tiptap/core'
import { keepReadingPlace, readingPlace, type ReadingPlace } from '../reading-place.ts'
import { drawWholeText } from './whole-text.ts'

/** Of the window's top edge: what is above is behind the bars. */
const BARS_PX = 96
const WORDS = 60

/** Goes to where somebody was reading before the page was loaded again, and remembers it when it is left. Returns how to stop. */
export function returnToPlace(editor: Editor, documentId: string): () => void {
  const text = editor.view.dom
  const place = readingPlace(documentId)
  keepReadingPlace(documentId, undefined)
  if (place !== undefined && window.location.hash === '') {
    drawWholeText(editor)
    goTo(text, place)
    // Blocks out of sight have their true heights only once they have been near.
    requestAnimationFrame(() => requestAnimationFrame(() => goTo(text, place)))
  }
  const keep = () => keepReadingPlace(documentId, placeIn(text))
  window.addEventListener('pagehide', keep)
  return () => window.removeEventListener('pagehide', keep)
}

function goTo(text: HTMLElement, { block, words, top }: ReadingPlace): void {
  const found = nearest([...text.children], block, words)
  if (found) window.scrollBy({ top: found.getBoundingClientRect().top - top, behavior: 'instant' })
}

/** The block with these words that is nearest to where it was; if there is none, what is there now. */
function nearest(blocks: readonly Element[], at: number, words: string): Element | undefined {
  for (let away = 0; away < blocks.length; away += 1)
    for (const block of [blocks[at - away], blocks[at + away]]) if (block && wordsOf(block) === words) return block
  return blocks[Math.min(at, blocks.length - 1)]
}

function placeIn(text: HTMLElement): ReadingPlace | undefined {
  if (window.scrollY === 0) return undefined
  const blocks = [...text.children]
  const block = blocks.findIndex((one) => one.getBoundingClientRect().bottom > BARS_PX)
  const found = blocks[block]
  return found && { block, words: wordsOf(found), top: Math.round(found.getBoundingClientRect().top) }
}

const wordsOf = (block: Element): string => block.textContent.slice(0, WORDS)
