import type { Editor } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { useEditorState } from '../use-editor-state.ts'
import { BlockSelection } from './block-selection.ts'

const LONGEST = 60

/** Tells screen readers which blocks are selected: the browser's own selection says nothing of them. */
export function BlockAnnouncer({ editor }: { editor: Editor }) {
  const { text } = useEditorState(editor, announcement)
  return <output className="sr-only">{text}</output>
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

const NAMES: Readonly<Record<string, string>> = {
  paragraph: 'text',
  heading: 'heading',
  blockquote: 'quote',
  bulletList: 'list',
  orderedList: 'numbered list',
  taskList: 'task list',
  listItem: 'list item',
  taskItem: 'task',
  codeBlock: 'code',
  details: 'toggle',
  blockMath: 'formula',
  horizontalRule: 'divider',
}

function nameOf(node: Node): string {
  const text = node.textBetween(0, node.content.size, ' ', ' ').trim()
  const start = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  const name = NAMES[node.type.name] ?? node.type.name
  return start === '' ? `empty ${name}` : `${name}, ${start}`
}
