import type { Editor } from '@tiptap/core'
import { useEffect, useState } from 'react'
import { useEditorState } from '../use-editor-state.ts'
import { nameOf } from './block-name.ts'
import { BlockSelection } from './block-selection.ts'
import { tellMoves } from './told-moves.ts'

/** Tells screen readers which blocks are selected, and where what is moved has come to: the browser's own selection says nothing of them. */
export function BlockAnnouncer({ editor }: { editor: Editor }) {
  const { text } = useEditorState(editor, announcement)
  const [move, setMove] = useState('')
  useEffect(() => tellMoves(editor, setMove), [editor])
  return (
    <>
      <output className="sr-only">{text}</output>
      <output className="sr-only">{move}</output>
    </>
  )
}

function announcement({ state: { selection } }: Editor): { text: string } {
  if (!(selection instanceof BlockSelection)) return { text: '' }
  const { blocks } = selection
  const last = selection.isBackward ? blocks[0] : blocks.at(-1)
  const named = last ? nameOf(last) : ''
  const what = blocks.length === 1 ? `Selected: ${named}` : `${blocks.length} blocks selected, up to ${named}`
  return { text: what + columnOf(selection) }
}

/** Which column they are in: after a move beside another block this is what is new. */
function columnOf({ $from }: BlockSelection): string {
  const columns = $from.depth > 0 ? $from.node(1) : undefined
  return columns?.type.name === 'columns' ? `; in column ${$from.index(1) + 1} of ${columns.childCount}` : ''
}
