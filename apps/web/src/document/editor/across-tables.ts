import type { Editor } from '@tiptap/core'
import { Fragment, type Node, type ResolvedPos, Slice } from '@tiptap/pm/model'
import type { EditorView } from '@tiptap/pm/view'
import { type EditorState, Selection, TextSelection, type Transaction } from '@tiptap/pm/state'

/**
 * Text that is selected across the edge of a table. What replaces it empties the cells it covers: stock, rows would lose cells of their
 * middle, and the line below would come into the last one. A table that is selected from its beginning to its end goes as a whole.
 */
export class AcrossTables extends TextSelection {
  /** Undefined: no edge of a table lies within it, or it is one already. */
  static of({ selection }: EditorState): AcrossTables | undefined {
    const { $anchor, $head, $from, $to, constructor, empty } = selection
    if (empty || constructor !== TextSelection) return undefined
    const isAcross = tableDepth($from, $to) !== undefined || tableDepth($to, $from) !== undefined
    return isAcross ? new AcrossTables($anchor, $head) : undefined
  }

  override replace(tr: Transaction, content: Slice = Slice.empty): void {
    this.#clear(tr)
    if (content.size > 0) tr.replaceSelection(content)
  }

  override replaceWith(tr: Transaction, node: Node): void {
    this.#clear(tr)
    tr.replaceSelectionWith(node, false)
  }

  /** From the end to the beginning, so that no place has moved when it is come to. Leaves a caret. */
  #clear(tr: Transaction): void {
    const { $from, $to } = this
    const [first, last] = [tableDepth($from, $to), tableDepth($to, $from)]
    const isFirstWhole = first !== undefined && isAtEdge($from, first, 'start')
    const isLastWhole = last !== undefined && isAtEdge($to, last, 'end')
    const from = first === undefined ? $from.pos : isFirstWhole ? $from.before(first) : $from.after(first)
    const to = last === undefined ? $to.pos : isLastWhole ? $to.after(last) : $to.before(last)
    if (last !== undefined && !isLastWhole) emptyCells(tr, $to, last, 'start')
    const isNothingLeft = isLastWhole || $to.pos === $to.end() // of the lines that it began and ended in
    if (isFirstWhole && isNothingLeft) tr.replaceWith(from, to, tr.doc.type.contentMatch.defaultType?.create() ?? [])
    else tr.delete(from, to)
    if (first !== undefined && !isFirstWhole) emptyCells(tr, $from, first, 'end')
    tr.setSelection(Selection.near(tr.doc.resolve(isFirstWhole ? from : $from.pos)))
  }
}

/** Of the outermost table that the one is in and the other is not. */
function tableDepth($one: ResolvedPos, $other: ResolvedPos): number | undefined {
  for (let depth = $one.sharedDepth($other.pos) + 1; depth <= $one.depth; depth += 1)
    if ($one.node(depth).type.spec['tableRole'] === 'table') return depth
  return undefined
}

/** Nothing of the node at this depth lies before it, or behind it. */
function isAtEdge($place: ResolvedPos, depth: number, edge: 'start' | 'end'): boolean {
  for (let at = depth; at < $place.depth; at += 1)
    if ($place.index(at) !== (edge === 'start' ? 0 : $place.node(at).childCount - 1)) return false
  return $place.parentOffset === (edge === 'start' ? 0 : $place.parent.content.size)
}

/** All cells of a table from this place to its end, or from its start to this place. */
function emptyCells(tr: Transaction, $place: ResolvedPos, depth: number, edge: 'start' | 'end'): void {
  const own = $place.before(depth + 2)
  const cells: { readonly cell: Node; readonly at: number }[] = []
  $place.node(depth).descendants((cell, offset) => {
    const at = $place.start(depth) + offset
    const isCell = cell.type.spec['tableRole'] !== 'row'
    if (isCell && (edge === 'start' ? at <= own : at >= own)) cells.unshift({ cell, at })
    return !isCell
  })
  for (const { cell, at } of cells) {
    const [start, end] = [at + 1, at + 1 + cell.content.size]
    if (at === own) tr.delete(edge === 'start' ? start : $place.pos, edge === 'start' ? $place.pos : end)
    else tr.replaceWith(start, end, cell.type.contentMatch.fillBefore(Fragment.empty, true) ?? [])
  }
}

/** What a key that an input method takes says of itself before there is anything else to tell it by. */
const IME_KEY = 229

/** Selections across a table's edge are of that kind as soon as they are made. */
export function selectAcrossTables(editor: Editor): () => void {
  const look = () => {
    const across = AcrossTables.of(editor.state)
    if (across !== undefined) editor.view.dispatch(editor.state.tr.setSelection(across))
  }
  editor.on('transaction', look)
  editor.view.setProps({ handleKeyDown: replaceByKey })
  return () => {
    editor.off('transaction', look)
    if (!editor.isDestroyed) editor.view.setProps({ handleKeyDown: () => false })
  }
}

/**
 * Tiptap's keys delete between two places, whatever the selection is. Enter splits where it began, and an input method changes the page
 * before anybody is asked: both find a caret.
 */
function replaceByKey(view: EditorView, { key, keyCode, ctrlKey, metaKey }: KeyboardEvent): boolean {
  const { state } = view
  if (!(state.selection instanceof AcrossTables)) return false
  const isDelete = key === 'Backspace' || key === 'Delete'
  const isEnter = key === 'Enter' && !ctrlKey && !metaKey
  const isComposed = keyCode === IME_KEY && key !== 'Unidentified' // as phones call all keys
  if (isDelete || isEnter || isComposed) view.dispatch(state.tr.deleteSelection().scrollIntoView())
  return isDelete
}
