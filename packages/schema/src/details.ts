import { findParentNode, Node, type Editor } from '@tiptap/core'
import { Fragment } from '@tiptap/pm/model'
import { TextSelection } from '@tiptap/pm/state'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    details: {
      /** Puts the selected blocks into a toggle; the caret is in its summary, which is a single paragraph's text if that was selected. */
      setDetails(): ReturnType
      /** Takes the summary, as a paragraph, and the content out of the toggle that the caret is in. */
      unsetDetails(): ReturnType
    }
  }
}

/**
 * A toggle: a line that shows or hides the blocks below it. Whether it is open is each reader's own business and not stored.
 * Names and structure are those of @tiptap/extension-details, whose view is not used: see docs/decisions.md.
 */
export const Details = Node.create({
  name: 'details',
  group: 'block',
  content: 'detailsSummary detailsContent',
  defining: true,
  isolating: true,

  parseHTML() {
    return [{ tag: 'details' }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['details', HTMLAttributes, 0]
  },

  addCommands() {
    return {
      setDetails:
        () =>
        ({ tr, state: { schema }, dispatch }) => {
          const range = tr.selection.$from.blockRange(tr.selection.$to)
          const { details, detailsSummary, detailsContent } = schema.nodes
          if (!range || !details || !detailsSummary || !detailsContent) return false
          if (!range.parent.canReplaceWith(range.startIndex, range.endIndex, details)) return false
          const slice = tr.doc.slice(range.start, range.end).content
          const only = slice.childCount === 1 ? slice.firstChild : null
          const isLine = only?.type.name === 'paragraph' || only?.type.name === 'heading'
          const summary = detailsSummary.create(null, isLine ? only.content : null)
          const content = isLine ? detailsContent.createAndFill() : detailsContent.createAndFill(null, slice)
          if (!content) return false
          if (dispatch) {
            tr.replaceWith(range.start, range.end, details.create(null, [summary, content]))
            tr.setSelection(TextSelection.create(tr.doc, range.start + 2 + summary.content.size)).scrollIntoView()
          }
          return true
        },
      unsetDetails:
        () =>
        ({ tr, state: { schema }, dispatch }) => {
          const found = findParentNode(({ type }) => type === this.type)(tr.selection)
          if (!found) return false
          const [summary, content] = found.node.children
          const line = schema.node('paragraph', null, summary?.content)
          if (dispatch) {
            const blocks = Fragment.from(line).append(content?.content ?? Fragment.empty)
            tr.replaceWith(found.pos, found.pos + found.node.nodeSize, blocks)
            tr.setSelection(TextSelection.create(tr.doc, found.pos + 1))
          }
          return true
        },
    }
  },
})

export const DetailsSummary = Node.create({
  name: 'detailsSummary',
  content: 'inline*',
  defining: true,
  isolating: true,
  selectable: false,

  parseHTML() {
    return [{ tag: 'summary' }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['summary', HTMLAttributes, 0]
  },

  addKeyboardShortcuts() {
    return {
      Enter: () => enterContent(this.editor),
      Backspace: () => {
        const { empty, $from } = this.editor.state.selection
        if (!empty || $from.parent.type !== this.type || $from.parentOffset > 0) return false
        return this.editor.commands.unsetDetails()
      },
    }
  },
})

/** From the summary to the first line of what is below it; what stood after the caret goes along. */
function enterContent(editor: Editor): boolean {
  const { $from, $to } = editor.state.selection
  if ($from.parent.type.name !== 'detailsSummary' || !$from.sameParent($to)) return false
  return editor.commands.command(({ tr, dispatch }) => {
    if (!dispatch) return true
    const rest = $from.parent.slice($to.parentOffset).content
    const summaryEnd = $from.end()
    // After the summary's end and the content's beginning.
    const first = summaryEnd + 2
    const isEmpty = tr.doc.nodeAt(first)?.type.name === 'paragraph' && tr.doc.nodeAt(first)?.content.size === 0
    if (!isEmpty || rest.size > 0) tr.insert(first, editor.schema.node('paragraph', null, rest))
    tr.delete($from.pos, summaryEnd)
    tr.setSelection(TextSelection.create(tr.doc, tr.mapping.map(first, -1) + 1)).scrollIntoView()
    return true
  })
}

/** A double Enter at its end leaves the toggle. */
export const DetailsContent = Node.create({
  name: 'detailsContent',
  content: 'block+',
  defining: true,
  selectable: false,

  parseHTML() {
    return [{ tag: 'div[data-type="detailsContent"]' }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['div', { ...HTMLAttributes, 'data-type': 'detailsContent' }, 0]
  },

  addKeyboardShortcuts() {
    return { Enter: () => leaveContent(this.editor) }
  },
})

function leaveContent(editor: Editor): boolean {
  const { empty, $from } = editor.state.selection
  const content = $from.depth >= 3 ? $from.node(-1) : undefined
  const isLast = content?.type.name === 'detailsContent' && $from.index(-1) === content.childCount - 1
  const isLeaving = empty && isLast && $from.parent.content.size === 0 && content.childCount > 1
  if (!isLeaving || !$from.parent.isTextblock) return false
  return editor.commands.command(({ tr, dispatch }) => {
    if (!dispatch) return true
    const after = $from.after(-2)
    tr.insert(after, editor.schema.node('paragraph'))
    tr.delete($from.before(), $from.after())
    tr.setSelection(TextSelection.create(tr.doc, tr.mapping.map(after, -1) + 1)).scrollIntoView()
    return true
  })
}
