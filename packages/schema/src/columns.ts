import { findParentNode, Node, type CommandProps, type Editor } from '@tiptap/core'
import { Fragment, type Node as ProseMirrorNode, type ResolvedPos } from '@tiptap/pm/model'
import { Plugin, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import { Mapping } from '@tiptap/pm/transform'
import { isLocalEdit } from './local-edits.ts'

export const FEWEST_COLUMNS = 2
export const MOST_COLUMNS = 4
/** Shares of the row, in percent when they add up to 100. */
const NARROWEST = 10
const WIDEST = 100

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    columns: {
      /** Puts the selected blocks into the first of so many columns; inside columns, makes them so many. No text is lost. */
      setColumns(count: number): ReturnType
      /** An empty column after the one that the caret is in. False when there are as many as may be. */
      addColumn(): ReturnType
      /** Takes the column that the caret is in away; its text goes on in the one beside it. */
      removeColumn(): ReturnType
      /** Columns of one width. */
      evenColumns(): ReturnType
      /** The blocks of all columns, one column after the other, in place of them. */
      unsetColumns(): ReturnType
      /** Widths of the columns that start at this position, each a share of the row. */
      setColumnWidths(at: number, widths: readonly number[]): ReturnType
    }
  }
}

/** A column's share of the row as it was said; undefined when nobody did, or it is out of bounds. */
export function columnWidth(value: unknown): number | undefined {
  return typeof value === 'number' && value >= NARROWEST && value <= WIDEST ? value : undefined
}

/** The shares of all columns, adding up to 100. Who has none gets what is left over, or the middle of the others'. */
export function columnShares(said: readonly unknown[]): number[] {
  const known = said.map(columnWidth)
  const sum = known.reduce<number>((total, width) => total + (width ?? 0), 0)
  const unknown = known.filter((width) => width === undefined).length
  const left = Math.max((100 - sum) / Math.max(1, unknown), sum / Math.max(1, said.length - unknown), NARROWEST)
  const widths = known.map((width) => width ?? left)
  const total = widths.reduce((all, width) => all + width, 0)
  return widths.map((width) => (100 * width) / total)
}

/** The whole text. Columns stand in it and nowhere else, so that they are never in one another. */
export const DocumentNode = Node.create({ name: 'doc', topNode: true, content: '(block | columns)+' })

/**
 * Blocks beside each other. Two to four; more come about when two people add one at once, and one when they take one away, and
 * both are shown as they are.
 */
export const Columns = Node.create({
  name: 'columns',
  content: 'column+',
  isolating: true,
  defining: true,

  parseHTML() {
    return [{ tag: 'div[data-type="columns"]' }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['div', { ...HTMLAttributes, 'data-type': 'columns' }, 0]
  },

  addCommands() {
    return {
      setColumns: (count) => (props) => setCount(props, Math.min(MOST_COLUMNS, Math.max(FEWEST_COLUMNS, count))),
      addColumn: () => (props) => {
        const place = placeIn(props.state.selection.$from)
        if (place === undefined || place.columns.childCount >= MOST_COLUMNS) return false
        const at = place.start + 1 + offsetOf(place.columns, place.index + 1)
        const column = props.state.schema.nodes['column']?.createAndFill()
        if (!column) return false
        if (props.dispatch) {
          evenOut(props.tr.insert(at, column), place.start)
          props.tr.setSelection(TextSelection.near(props.tr.doc.resolve(at + 2))).scrollIntoView()
        }
        return true
      },
      removeColumn: () => (props) => {
        const place = placeIn(props.state.selection.$from)
        if (place === undefined) return false
        if (props.dispatch) removeColumn(props.tr, place, props.state.selection.$from)
        return true
      },
      evenColumns: () => (props) => {
        const place = placeIn(props.state.selection.$from)
        if (place === undefined) return false
        if (props.dispatch) evenOut(props.tr, place.start)
        return true
      },
      unsetColumns: () => (props) => {
        const place = placeIn(props.state.selection.$from)
        if (place === undefined) return false
        if (props.dispatch) {
          // Where the caret is in the text does not change: it only loses the openings of what is around it.
          const back = props.state.selection.from - place.start - 2 - 2 * place.index
          takeApart(props.tr, place.start)
          props.tr.setSelection(TextSelection.near(props.tr.doc.resolve(place.start + Math.max(0, back))))
        }
        return true
      },
      setColumnWidths: (at, widths) => (props) => {
        const columns = props.tr.doc.nodeAt(at)
        if (columns?.type !== this.type || widths.length !== columns.childCount) return false
        if (props.dispatch) setWidths(props.tr, at, widths)
        return true
      },
    }
  },

  addProseMirrorPlugins() {
    return [new Plugin({ appendTransaction: (transactions, before, after) => repaired(transactions, before, after) })]
  },
})

export const Column = Node.create({
  name: 'column',
  content: 'block+',
  isolating: true,
  selectable: false,

  addAttributes() {
    return {
      width: {
        default: null,
        parseHTML: (element) => columnWidth(Number(element.getAttribute('data-width') ?? Number.NaN)) ?? null,
        renderHTML: ({ width }) => {
          const share = columnWidth(width)
          return share === undefined ? {} : { 'data-width': String(share) }
        },
      },
    }
  },

  parseHTML() {
    return [{ tag: 'div[data-type="column"]' }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['div', { ...HTMLAttributes, 'data-type': 'column' }, 0]
  },

  addKeyboardShortcuts() {
    return { Backspace: () => backspace(this.editor) }
  },
})

interface Place {
  readonly columns: ProseMirrorNode
  /** Just before the columns. */
  readonly start: number
  /** Of the column. */
  readonly index: number
}

function placeIn($from: ResolvedPos): Place | undefined {
  if ($from.depth < 1 || $from.node(1).type.name !== 'columns') return undefined
  return {
    columns: $from.node(1),
    start: $from.before(1),
    index: Math.min($from.index(1), $from.node(1).childCount - 1),
  }
}

function offsetOf({ children }: ProseMirrorNode, index: number): number {
  return children.slice(0, index).reduce((size, { nodeSize }) => size + nodeSize, 0)
}

function setCount({ tr, state, dispatch }: CommandProps, count: number): boolean {
  const { column: columnType, columns: columnsType } = state.schema.nodes
  const { $from, $to } = tr.selection
  if (!columnType || !columnsType) return false
  const empty = () => columnType.createAndFill() as ProseMirrorNode
  const place = placeIn($from)
  if (place !== undefined) {
    const { columns, start } = place
    const kept = columns.children.slice(0, count)
    const rest = columns.children.slice(count).reduce((all, { content }) => all.append(content), Fragment.empty)
    const last = kept.at(-1)
    if (last && rest.size > 0) kept[kept.length - 1] = last.copy(isBlank(last) ? rest : last.content.append(rest))
    while (kept.length < count) kept.push(empty())
    if (dispatch) evenOut(tr.replaceWith(start, start + columns.nodeSize, columns.copy(Fragment.from(kept))), start)
    if (dispatch) tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min($from.pos, tr.doc.content.size))))
    return true
  }
  const [start, end] = [$from.depth === 0 ? $from.pos : $from.before(1), $to.depth === 0 ? $to.pos : $to.after(1)]
  const blocks = tr.doc.slice(start, end).content
  const first = columnType.createAndFill(null, blocks)
  if (start === end || first === null || !columnType.validContent(first.content)) return false
  if (dispatch) {
    const others = Array.from({ length: count - 1 }, empty)
    tr.replaceWith(start, end, columnsType.create(null, [first, ...others]))
    tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min($from.pos + 2, tr.doc.content.size)))).scrollIntoView()
  }
  return true
}

/** One width for the columns that start at this position. */
export function evenOut(tr: Transaction, at: number): void {
  tr.doc.nodeAt(at)?.forEach((column, offset) => {
    if (column.attrs['width'] !== null) tr.setNodeAttribute(at + 1 + offset, 'width', null)
  })
}

function setWidths(tr: Transaction, at: number, widths: readonly number[]): void {
  tr.doc.nodeAt(at)?.forEach((column, offset, index) => {
    const width = Math.round(Math.min(WIDEST, Math.max(NARROWEST, widths[index] ?? NARROWEST)) * 10) / 10
    if (column.attrs['width'] !== width) tr.setNodeAttribute(at + 1 + offset, 'width', width)
  })
}

/** The normaliser takes apart what has one column left. */
function removeColumn(tr: Transaction, { columns, start, index }: Place, $from: ResolvedPos): void {
  const column = columns.child(index)
  const from = start + 1 + offsetOf(columns, index)
  const content = isBlank(column) ? Fragment.empty : column.content
  tr.delete(from, from + column.nodeSize)
  // At the end of the one before it; of the first, at the start of the one that is first now.
  const into = index > 0 ? from - 1 : from + 1
  if (columns.childCount > 1) tr.insert(into, content)
  evenOut(tr, start)
  const at = content.size > 0 ? into + Math.max(1, $from.pos - from - 1) : into
  tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min(at, tr.doc.content.size)), index > 0 ? -1 : 1))
}

/** At the start of an empty column takes it away; at the start of another does nothing, rather than join what is not below each other. */
function backspace(editor: Editor): boolean {
  const { empty, $from } = editor.state.selection
  const found = findParentNode(({ type }) => type.name === 'column')(editor.state.selection)
  if (!empty || found === undefined || $from.pos !== TextSelection.atStart(found.node).from + found.start) return false
  if ($from.parent.type.name !== 'paragraph' || $from.depth !== found.depth + 1) return false
  return isBlank(found.node) ? editor.commands.removeColumn() : true
}

/** Nothing but an empty paragraph. */
function isBlank({ childCount, firstChild, content }: ProseMirrorNode): boolean {
  return childCount === 1 && firstChild?.type.name === 'paragraph' && content.size === 2
}

function takeApart(tr: Transaction, at: number): void {
  const columns = tr.doc.nodeAt(at)
  if (!columns) return
  const blocks = columns.children.reduce((all, { content }) => all.append(content), Fragment.empty)
  tr.replaceWith(at, at + columns.nodeSize, blocks)
}

/**
 * Columns of which the edit left one, or made one, become its blocks. Who merely looks at such does not write, and a single column with
 * text that came about when two took one away each stays: two who type in it would each take it apart, and the text be there twice.
 */
function repaired(
  transactions: readonly Transaction[],
  before: EditorState,
  { doc, tr }: EditorState,
): Transaction | null {
  if (!transactions.some(isLocalEdit)) return null
  const single: { node: ProseMirrorNode; at: number }[] = []
  doc.forEach((node, at) => {
    if (node.type.name === 'columns' && node.childCount < FEWEST_COLUMNS) single.push({ node, at })
  })
  if (single.length === 0) return null
  const back = new Mapping(transactions.flatMap(({ mapping }) => mapping.maps)).invert()
  for (const { node, at } of single.toReversed()) {
    const was = before.doc.nodeAt(Math.min(back.map(at), before.doc.content.size))
    const wasSingle = was?.type === node.type && was.childCount < FEWEST_COLUMNS
    if (was !== node && !(wasSingle && was.textContent !== '')) takeApart(tr, at)
  }
  return tr.docChanged ? tr : null
}
