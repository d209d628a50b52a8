import type { Editor } from '@tiptap/core'
import { keydownHandler } from '@tiptap/pm/keymap'
import type { Node } from '@tiptap/pm/model'
import type { EditorView } from '@tiptap/pm/view'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { deleteBlocks, selectedBlocks } from './block-edits.ts'
import { blocksBetween } from './block-range.ts'
import { toText } from './block-selecting.ts'
import { BlockSelection, textWithin } from './block-selection.ts'

/** From now on blocks that are selected as such have their keys. */
export function installBlockSelectionKeys(editor: Editor): void {
  editor.storage.blockSelecting.keys = blockSelectionKeys(editor)
}

function blockSelectionKeys(editor: Editor): (view: EditorView, event: KeyboardEvent) => boolean {
  /** Only while blocks are selected; else the key is whatever it is. */
  const ofBlocks = (run: (selection: BlockSelection) => void) => () => {
    const { selection } = editor.state
    if (!(selection instanceof BlockSelection)) return false
    run(selection)
    return true
  }
  const show = (next: BlockSelection) => editor.view.dispatch(editor.state.tr.setSelection(next).scrollIntoView())
  const step = (direction: 'up' | 'down') =>
    ofBlocks((selection) => show(stepped(selection, editor.state.doc, direction)))
  const extend = (direction: 'up' | 'down') =>
    ofBlocks((selection) => show(extended(selection, editor.state.doc, direction)))
  const remove = ofBlocks(({ range }) => {
    if (editor.isEditable) asOwnUndoStep(editor, () => editor.view.dispatch(deleteBlocks(editor.state, range)))
  })
  const write = ofBlocks((selection) => toText(editor.view, selection))
  const indent = (command: 'sinkListItem' | 'liftListItem') => () => {
    const { selection } = editor.state
    const item = selection instanceof BlockSelection ? selection.blocks[0]?.type.name : undefined
    if (item !== 'listItem' && item !== 'taskItem') return false
    onText(editor, () => editor.isEditable && editor.commands[command](item))
    return true
  }
  return keydownHandler({
    ArrowUp: step('up'),
    ArrowLeft: step('up'),
    ArrowDown: step('down'),
    ArrowRight: step('down'),
    'Shift-ArrowUp': extend('up'),
    'Shift-ArrowDown': extend('down'),
    Escape: write,
    Enter: write,
    Backspace: remove,
    Delete: remove,
    Tab: indent('sinkListItem'),
    'Shift-Tab': indent('liftListItem'),
    'Mod-a': ofBlocks(({ range }) => {
      const { doc } = editor.state
      const isWhole = range.startIndex === 0 && range.endIndex === range.host.childCount
      const $start = doc.resolve(isWhole && range.depth > 0 ? doc.resolve(range.start).before() : range.start)
      const wider = isWhole && range.depth > 0 ? blocksBetween(doc, $start.pos, $start.pos) : undefined
      show(BlockSelection.of(doc, wider ?? { start: $start.start(), end: $start.end() }))
    }),
  })
}

/** With the last block a place further up or down; at the edge of what holds the blocks, what holds them. */
function extended(selection: BlockSelection, doc: Node, direction: 'up' | 'down'): BlockSelection {
  const { host, startIndex, endIndex, start, end } = selection.range
  const isBackward = selection.isBackward || (direction === 'up' && endIndex - startIndex === 1)
  const isGrowing = isBackward === (direction === 'up')
  if (!isGrowing) {
    const size = host.child(isBackward ? startIndex : endIndex - 1).nodeSize
    return BlockSelection.of(doc, isBackward ? { start: start + size, end } : { start, end: end - size }, isBackward)
  }
  const neighbour = host.maybeChild(isBackward ? startIndex - 1 : endIndex)
  if (neighbour)
    return BlockSelection.of(
      doc,
      isBackward ? { start: start - neighbour.nodeSize, end } : { start, end: end + neighbour.nodeSize },
      isBackward,
    )
  const { depth } = doc.resolve(start)
  if (depth === 0) return selection
  const around = doc.resolve(start).before(depth)
  return BlockSelection.of(doc, blocksBetween(doc, around, around), isBackward)
}

/** The block above or below as the only one; at the edge the last one stays. */
function stepped(selection: BlockSelection, doc: Node, direction: 'up' | 'down'): BlockSelection {
  const { host, startIndex, endIndex, start, end } = selection.range
  const neighbour = direction === 'up' ? host.maybeChild(startIndex - 1) : host.maybeChild(endIndex)
  if (neighbour)
    return BlockSelection.of(
      doc,
      direction === 'up'
        ? { start: start - neighbour.nodeSize, end: start }
        : { start: end, end: end + neighbour.nodeSize },
    )
  if (endIndex - startIndex === 1 && doc.resolve(start).depth > 0) return extended(selection, doc, direction)
  const edge = host.child(direction === 'up' ? startIndex : endIndex - 1).nodeSize
  return BlockSelection.of(doc, direction === 'up' ? { start, end: start + edge } : { start: end - edge, end })
}

/** Runs what is about text on the text of the selected blocks, which are selected as blocks again after. */
export function onText(editor: Editor, run: () => unknown): void {
  const { selection, doc, tr } = editor.state
  if (!(selection instanceof BlockSelection)) return asOwnUndoStep(editor, () => void run())
  const { isBackward } = selection
  editor.view.dispatch(tr.setSelection(textWithin(doc, selection.range)))
  asOwnUndoStep(editor, () => void run())
  const { state } = editor
  editor.view.dispatch(state.tr.setSelection(BlockSelection.of(state.doc, selectedBlocks(state), isBackward)))
}

/** Also the blocks up to this one: from those that are selected, or from where the caret is. */
export function selectUpTo(editor: Editor, at: number): void {
  const { state } = editor
  const { selection } = state
  const anchor =
    selection instanceof BlockSelection
      ? selection.isBackward
        ? selection.to - (selection.blocks.at(-1)?.nodeSize ?? 0)
        : selection.from
      : selectedBlocks(state).start
  editor.view.dispatch(state.tr.setSelection(BlockSelection.between(state.doc, anchor, at)))
  editor.view.focus()
}

/** Whether this block is among those that are selected as blocks. */
export function isSelected(editor: Editor, at: number): boolean {
  const { selection } = editor.state
  return selection instanceof BlockSelection && at >= selection.from && at < selection.to
}
