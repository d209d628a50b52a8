import { FRAGMENT } from '@tandem/schema/version'
import { useEffect } from 'react'
import * as Y from 'yjs'
import { saidBy } from './said-by.ts'

/** On the page's root while a text is printed that begins with its title as a heading: it need not stand there twice (print.css). */
const SAID = 'titleSaid'

/** Looks when the page is about to be printed, not at every letter. `doc` is undefined while there is no text. */
export function usePrintedTitle(doc: Y.Doc | undefined, title: string): void {
  useEffect(() => {
    const root = document.documentElement
    const paper = window.matchMedia('print')
    const look = () => {
      if (doc !== undefined && beginsWith(doc, title)) root.dataset[SAID] = ''
      else delete root.dataset[SAID]
    }
    look() // drawn for paper already, as by a browser that prints by itself
    paper.addEventListener('change', look)
    window.addEventListener('beforeprint', look)
    return () => {
      paper.removeEventListener('change', look)
      window.removeEventListener('beforeprint', look)
      delete root.dataset[SAID]
    }
  }, [doc, title])
}

function beginsWith(doc: Y.Doc, title: string): boolean {
  const fragment = doc.getXmlFragment(FRAGMENT)
  const first = fragment.length > 0 ? fragment.get(0) : undefined
  if (!(first instanceof Y.XmlElement) || first.nodeName !== 'heading' || Number(first.getAttribute('level')) !== 1)
    return false
  // A line break is said by no title.
  const words = first.toArray().map((child) => (child instanceof Y.XmlText ? saidBy(child) : '\n'))
  return words.join('').trim() === title.trim()
}
