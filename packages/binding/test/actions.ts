import { joinBackward, lift, selectParentNode, setBlockType, splitBlock, toggleMark, wrapIn } from '@tiptap/pm/commands'
import { Fragment, type Node, type ResolvedPos, type Schema, Slice } from '@tiptap/pm/model'
import { liftListItem, sinkListItem, splitListItem, wrapInList } from '@tiptap/pm/schema-list'
import { type Command, type EditorState, NodeSelection, TextSelection, type Transaction } from '@tiptap/pm/state'
import {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  mergeCells,
  splitCell,
  toggleHeaderRow,
} from '@tiptap/pm/tables'
import type { HeadlessEditor } from './headless-editor.ts'
import type { Random } from './random.ts'

export type Action = (state: EditorState, dispatch: (transaction: Transaction) => void, random: Random) => unknown

/** With letters that repeat, and characters of two units. */
const LETTERS = ['a', 'a', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ' ', '😀', '😁', 'é']
const LANGUAGES = ['js', 'ts', null]

const typed: Action = ({ tr }, dispatch, random) => dispatch(tr.insertText(letters(random)))

function letters(random: Random): string {
  return Array.from({ length: 1 + random(5) }, () => LETTERS[random(LETTERS.length)]).join('')
}

/** By the names of the nodes and marks that they need. */
const COMMANDS: readonly [string, string, (schema: Schema, random: Random) => Command][] = [
  ['split', '', () => splitBlock],
  ['split again', '', () => splitBlock],
  ['join', '', () => joinBackward],
  ['lift', '', () => lift],
  ['select parent', '', () => selectParentNode],
  ['quote', 'blockquote', ({ nodes }) => wrapIn(nodes['blockquote']!)],
  ['bullets', 'bulletList', ({ nodes }) => wrapInList(nodes['bulletList']!)],
  ['numbers', 'orderedList', ({ nodes }, random) => wrapInList(nodes['orderedList']!, { start: 1 + random(3) })],
  ['tasks', 'taskList', ({ nodes }) => wrapInList(nodes['taskList']!)],
  ['split item', 'listItem', ({ nodes }) => splitListItem(nodes['listItem']!)],
  ['sink item', 'listItem', ({ nodes }) => sinkListItem(nodes['listItem']!)],
  ['lift item', 'listItem', ({ nodes }) => liftListItem(nodes['listItem']!)],
  ['split task', 'taskItem', ({ nodes }) => splitListItem(nodes['taskItem']!)],
  ['lift task', 'taskItem', ({ nodes }) => liftListItem(nodes['taskItem']!)],
  ['heading', 'heading', ({ nodes }, random) => setBlockType(nodes['heading']!, { level: 1 + random(3) })],
  ['paragraph', 'paragraph', ({ nodes }) => setBlockType(nodes['paragraph']!)],
  ['code', 'codeBlock', ({ nodes }, random) => setBlockType(nodes['codeBlock']!, { language: LANGUAGES[random(3)] })],
  ['bold', 'bold', ({ marks }) => toggleMark(marks['bold']!)],
  ['italic', 'italic', ({ marks }) => toggleMark(marks['italic']!)],
  ['inline code', 'code', ({ marks }) => toggleMark(marks['code']!)],
  ['link', 'link', ({ marks }, random) => toggleMark(marks['link']!, { href: `/${random(3)}` })],
  ['add row', 'table', () => addRowAfter],
  ['add column', 'table', () => addColumnAfter],
  ['delete row', 'table', () => deleteRow],
  ['delete column', 'table', () => deleteColumn],
  ['delete table', 'table', () => deleteTable],
  ['merge cells', 'table', () => mergeCells],
  ['split cell', 'table', () => splitCell],
  ['header row', 'table', () => toggleHeaderRow],
]

const ACTIONS: readonly [string, Action][] = [
  ['break', ({ tr, schema }, dispatch) => dispatch(tr.replaceSelectionWith(schema.nodes['hardBreak']!.create()))],
  [
    'image',
    ({ tr, schema }, dispatch, random) =>
      dispatch(tr.replaceSelectionWith(schema.nodes['image']!.create({ src: `/${random(3)}` }))),
  ],
  ['rule', ({ tr, schema }, dispatch) => dispatch(tr.replaceSelectionWith(schema.nodes['horizontalRule']!.create()))],
  [
    'table',
    ({ tr, schema }, dispatch, random) =>
      dispatch(tr.replaceSelectionWith(tableOf(schema, 1 + random(3), 1 + random(3)))),
  ],
  ['paste', pasted],
  ['move', moved],
  [
    'replace twice',
    ({ tr, doc }, dispatch, random) =>
      dispatch(tr.insertText(letters(random), placeIn(doc, random)).insertText(letters(random), placeIn(doc, random))),
  ],
  ['type here', typed],
]

function tableOf({ nodes }: Schema, rows: number, columns: number): Node {
  const cell = () => nodes['tableCell']!.createAndFill()!
  const row = () => nodes['tableRow']!.create(null, Array.from({ length: columns }, cell))
  return nodes['table']!.create(null, Array.from({ length: rows }, row))
}

/** Something of the document once more, somewhere else. */
function pasted({ tr, doc }: EditorState, dispatch: (transaction: Transaction) => void, random: Random): void {
  const from = random(doc.content.size)
  const to = Math.min(doc.content.size, from + random(40))
  dispatch(tr.replaceSelection(doc.slice(besideCharacter(doc, from), besideCharacter(doc, to))))
}

/** A block to another place, the same object as before: what dragging does. */
function moved({ tr, doc }: EditorState, dispatch: (transaction: Transaction) => void, random: Random): void {
  const index = random(doc.childCount)
  let from = 0
  for (let child = 0; child < index; child += 1) from += doc.child(child).nodeSize
  const block = doc.child(index)
  tr.delete(from, from + block.nodeSize)
  let to = 0
  for (let child = random(tr.doc.childCount + 1) - 1; child >= 0; child -= 1) to += tr.doc.child(child).nodeSize
  dispatch(tr.replace(to, to, new Slice(Fragment.from(block), 0, 0)))
}

function placeIn(doc: Node, random: Random): number {
  return besideCharacter(doc, TextSelection.near(doc.resolve(random(doc.content.size + 1))).from)
}

/** As browsers place carets: never within a character. */
export function besideCharacter(doc: Node, position: number): number {
  const $position = doc.resolve(Math.min(position, doc.content.size))
  const isWithin = /^[\uD800-\uDBFF]/.test($position.nodeBefore?.text?.slice(-1) ?? '') && $position.textOffset > 0
  return isWithin ? $position.pos - 1 : $position.pos
}

export function select(editor: HeadlessEditor, from: number, to: number): void {
  const { doc, tr } = editor.state
  const [$from, $to] = [from, to].map((position) => doc.resolve(besideCharacter(doc, position))) as [
    ResolvedPos,
    ResolvedPos,
  ]
  const isNode = from === to && $from.nodeAfter?.isLeaf === true && NodeSelection.isSelectable($from.nodeAfter)
  editor.dispatch(tr.setSelection(isNode ? new NodeSelection($from) : TextSelection.between($from, $to)))
}

/** The editor's person does one thing somewhere. Returns its name, for the message of a run that fails. */
export function act(me: HeadlessEditor, random: Random): string {
  const kind = random(100)
  if (kind < 12) return (me.undoManager.undo(), 'undo')
  if (kind < 18) return (me.undoManager.redo(), 'redo')
  if (kind < 90) me.undoManager.stopCapturing()
  const from = random(me.state.doc.content.size + 1)
  select(me, from, from)
  if (kind < 50) return (typed(me.state, me.dispatch, random), 'type')
  select(me, from, from + random(60))
  if (kind < 58) return (me.dispatch(me.state.tr.deleteSelection()), 'delete')
  if (kind < 75) return perform(me, ACTIONS[random(ACTIONS.length)]!, random)
  const { nodes, marks } = me.state.schema
  const known = COMMANDS.filter(([, needs]) => needs === '' || needs in nodes || needs in marks)
  const [name, , command] = known[random(known.length)]!
  if (name === 'join') select(me, me.state.selection.$from.start(), me.state.selection.$from.start())
  return perform(me, [name, (state, dispatch) => command(me.state.schema, random)(state, dispatch)], random)
}

/** What cannot be done here (no place for a table; a command that throws or breaks the schema) is not done. */
export function perform(me: HeadlessEditor, [name, action]: [string, Action], random: Random): string {
  let transaction: Transaction | undefined
  try {
    action(me.state, (made) => (transaction = made), random)
    transaction?.doc.check()
  } catch (error) {
    return `${name}, which cannot be (${String(error)})`
  }
  if (transaction !== undefined) me.dispatch(transaction)
  return name
}
