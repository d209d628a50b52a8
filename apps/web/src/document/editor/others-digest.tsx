import { ySyncPluginKey } from '@tandem/binding'
import type { PresenceBridge } from '@tandem/client'
import type { Editor } from '@tiptap/core'
import type { Transaction } from '@tiptap/pm/state'
import { useEffect, useState } from 'react'
import { EditingDigest, sectionAt } from './editing-digest.ts'
import { headingsOf } from './outline/headings.ts'
import { remoteCaretsWithin } from './remote-carets.ts'

/** A caret comes with the text that moved it, or right after. */
const SETTLED_MS = 700

/** What a transaction says that shows a change of the Y.Doc. */
interface Shown {
  readonly isUndoRedoOperation?: boolean
  readonly isRest?: boolean
}

/** Tells screen readers where others write. */
export function OthersDigest({ editor, awareness }: { editor: Editor; awareness: PresenceBridge }) {
  const [sentence, setSentence] = useState('')
  useEffect(() => digestOf(editor, awareness, setSentence), [editor, awareness])
  return <output className="sr-only">{sentence}</output>
}

function digestOf(editor: Editor, awareness: PresenceBridge, onSentence: (sentence: string) => void): () => void {
  const digest = new EditingDigest()
  let changedAt: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    timer = undefined
    if (editor.isDestroyed || changedAt === undefined) return
    const { doc } = editor.state
    const $changed = doc.resolve(Math.min(changedAt, doc.content.size))
    changedAt = undefined
    const [name] = remoteCaretsWithin(editor.state, awareness, { from: $changed.start(), to: $changed.end() })
    if (name === undefined) return
    const place = sectionAt(headingsOf(doc), $changed.pos)
    const sentence = digest.note({ name, place, nowMs: performance.now() })
    if (sentence !== undefined) onSentence(sentence)
  }
  const onTransaction = ({ transaction }: { transaction: Transaction }) => {
    if (!transaction.docChanged) return
    if (changedAt !== undefined) changedAt = transaction.mapping.map(changedAt)
    const change = transaction.getMeta(ySyncPluginKey) as Shown | undefined
    if (change === undefined || change.isUndoRedoOperation === true || change.isRest === true) return
    changedAt = endOfChange(transaction) ?? changedAt
    timer ??= setTimeout(look, SETTLED_MS)
  }
  editor.on('transaction', onTransaction)
  return () => {
    clearTimeout(timer)
    editor.off('transaction', onTransaction)
  }
}

function endOfChange({ mapping }: Transaction): number | undefined {
  let end: number | undefined
  mapping.maps.forEach((map, index) =>
    map.forEach((_oldStart, _oldEnd, _start, newEnd) => {
      end = mapping.slice(index + 1).map(newEnd, -1)
    }),
  )
  return end
}
