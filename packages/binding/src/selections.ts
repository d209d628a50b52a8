import type { Node } from '@tiptap/pm/model'
import {
  AllSelection,
  type EditorState,
  NodeSelection,
  type Selection,
  TextSelection,
  type Transaction,
} from '@tiptap/pm/state'
import type { Mappable } from '@tiptap/pm/transform'
import type * as Y from 'yjs'
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition } from './positions.ts'
import type { ShownNodes } from './shown-nodes.ts'
import type { PartKey, YParent } from './y-tree.ts'

/** A selection as places of the Y.Doc. */
export interface RelativeSelection {
  readonly anchor: Y.RelativePosition
  readonly head: Y.RelativePosition
}

/** A selection as it was before an edit. */
export interface NotedSelection extends RelativeSelection {
  /** What was selected as a whole: what stands in its place later is not what was selected. */
  readonly node: PartKey | undefined
}

/** The undo stack keeps selections under this name. */
export const SELECTION = 'y-sync selection'

/** What places are looked up in. */
export interface Bound {
  readonly doc: Y.Doc
  readonly type: YParent
  readonly mapping: ShownNodes
}

export function relativeSelection({ type, mapping }: Bound, { anchor, head }: Selection): RelativeSelection {
  return {
    anchor: absolutePositionToRelativePosition(anchor, type, mapping),
    head: absolutePositionToRelativePosition(head, type, mapping),
  }
}

export function noteSelection(bound: Bound, selection: Selection): NotedSelection {
  const node = selection instanceof NodeSelection ? bound.mapping.keyOf(selection.node) : undefined
  return { ...relativeSelection(bound, selection), node }
}

/**
 * Puts the selection where it was after others' edits: by the steps of the transaction, which are exact; only where
 * they deleted what it was in, by its places in the Y.Doc. Of a node, cells or blocks that were selected as such and are gone a caret
 * is left: the next key would else replace what stands there now, or take rows apart. Never throws.
 */
export function keepSelection(
  transaction: Transaction,
  state: EditorState,
  places: NotedSelection | undefined,
  bound: Bound,
): void {
  const { selection } = state
  if (selection instanceof AllSelection) return void transaction.setSelection(new AllSelection(transaction.doc))
  const [anchor, head] = [
    sideOf(selection, 'anchor', transaction.mapping),
    sideOf(selection, 'head', transaction.mapping),
  ]
  const isGone = anchor.isGone || head.isGone
  const restored = isGone && places !== undefined ? absolute(places, bound) : null
  const selected = places?.node && bound.mapping.get(places.node)
  if (selection instanceof TextSelection)
    placeSelection(transaction, restored ?? { anchor: anchor.at, head: head.at }, selection)
  else if (restored !== null) placeSelection(transaction, restored, selection, (node) => node === selected)
  else if (transaction.selection.constructor !== selection.constructor) {
    // Cells of which some are gone become the text of those that are left, blocks what stands after them.
    const { $anchor } = transaction.selection
    transaction.setSelection(TextSelection.between($anchor, $anchor))
  }
}

/** A caret stays before what comes in at it; a selection does not grow by what comes in at its edges. */
function sideOf(selection: Selection, side: 'anchor' | 'head', mapping: Mappable): { at: number; isGone: boolean } {
  const isStart = !selection.empty && selection[side] === selection.from
  const result = mapping.mapResult(selection[side], isStart ? 1 : -1)
  return { at: result.pos, isGone: result.deletedAcross || (selection instanceof NodeSelection && result.deletedAfter) }
}

/** Puts the selection to places of the Y.Doc, as undo does; false if they are nowhere any more. */
export function restoreSelection(transaction: Transaction, places: NotedSelection, bound: Bound): boolean {
  const restored = absolute(places, bound)
  if (restored === null) return false
  placeSelection(transaction, restored, transaction.selection, () => true)
  return true
}

function absolute(
  { anchor, head }: RelativeSelection,
  { doc, type, mapping }: Bound,
): { anchor: number; head: number } | null {
  const [from, to] = [anchor, head].map((place) => relativePositionToAbsolutePosition(doc, type, place, mapping))
  return from == null || to == null ? null : { anchor: from, head: to }
}

/** `isSelected`: of a node that stands where one was selected as a whole, whether it is that one. */
function placeSelection(
  transaction: Transaction,
  at: { anchor: number; head: number },
  was: Selection,
  isSelected: (node: Node) => boolean = () => false,
): void {
  const { doc } = transaction
  const clamped = (position: number) => Math.max(0, Math.min(position, doc.content.size))
  const [$anchor, $head] = [doc.resolve(clamped(at.anchor)), doc.resolve(clamped(at.head))]
  const { nodeAfter } = $anchor
  const isNode =
    was instanceof NodeSelection && nodeAfter !== null && isSelected(nodeAfter) && NodeSelection.isSelectable(nodeAfter)
  const selection = isNode ? new NodeSelection($anchor) : TextSelection.between($anchor, $head)
  if (!selection.eq(transaction.selection)) transaction.setSelection(selection)
}

/**
 * Of a table that is selected as a node prosemirror-tables selects the cells. One that has none, as several people have deleted them
 * at once, makes it throw: there it is a caret beside it, before that plugin looks.
 */
export function caretForEmptyTable({ selection, doc, tr }: EditorState): Transaction | null {
  if (!(selection instanceof NodeSelection) || !isEmptyTable(selection.node)) return null
  const near = TextSelection.between(selection.$from, selection.$from)
  return tr.setSelection(near instanceof TextSelection ? near : new AllSelection(doc))
}

function isEmptyTable(node: Node): boolean {
  const { tableRole } = node.type.spec
  if (tableRole === 'row') return node.childCount === 0
  return tableRole === 'table' && node.children.every((row) => row.childCount === 0)
}
