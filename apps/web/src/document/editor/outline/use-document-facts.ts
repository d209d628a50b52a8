import type { Editor } from '@tiptap/core'
import { useEffect, useState } from 'react'
import { countWords, headingsOf, type Heading } from './headings.ts'

/** After a change, at least; and so many times what the last count took, which for a book is a frame. */
const SHORTEST_WAIT_MS = 300
const WAIT_FACTOR = 30

export interface DocumentFacts {
  readonly headings: readonly Heading[]
  readonly words: number
  readonly characters: number
}

/** What the document has in it, looked at when nobody has written for a moment. */
export function useDocumentFacts(editor: Editor): DocumentFacts {
  const [facts, setFacts] = useState(() => factsOf(editor))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let waitMs = SHORTEST_WAIT_MS
    const look = () => {
      timer = undefined
      if (editor.isDestroyed) return
      const start = performance.now()
      const now = factsOf(editor)
      waitMs = Math.max(SHORTEST_WAIT_MS, (performance.now() - start) * WAIT_FACTOR)
      setFacts((before) => unlessSame(before, now))
    }
    const soon = ({ transaction }: { transaction: { docChanged: boolean } }) => {
      // Not put off for ever while people write without a pause.
      if (transaction.docChanged) timer ??= setTimeout(look, waitMs)
    }
    look()
    editor.on('transaction', soon)
    return () => {
      clearTimeout(timer)
      editor.off('transaction', soon)
    }
  }, [editor])
  return facts
}

function factsOf({ state: { doc } }: Editor): DocumentFacts {
  const text = doc.textBetween(0, doc.content.size, '\n', ' ')
  return { headings: headingsOf(doc), words: countWords(text), characters: text.replace(/\n/g, '').length }
}

function unlessSame(before: DocumentFacts, now: DocumentFacts): DocumentFacts {
  return JSON.stringify(before) === JSON.stringify(now) ? before : now
}
