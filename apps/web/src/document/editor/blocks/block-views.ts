import { mentionOf } from '@tandem/schema'
import { Extension } from '@tiptap/core'
import { NodeSelection, Plugin, PluginKey } from '@tiptap/pm/state'
import { asOwnUndoStep } from '../own-undo-step.ts'
import type { BlockPanels } from './block-panels.ts'
import { CalloutView } from './callout-view.ts'
import { CodeBlockView } from './code-block-view.ts'
import { ColumnsView } from './columns-view.ts'
import { DateView } from './date-view.ts'
import { DetailsView, revealDetails } from './details-view.ts'
import { FormulaView } from './formula-view.ts'

export interface BlockViewOptions {
  panels: BlockPanels | undefined
  openDocument: ((documentId: string) => void) | undefined
}

/** How blocks of the schema are drawn on the page, where they are more than their HTML. Plain DOM: a document may have thousands. */
export const BlockViews = Extension.create<BlockViewOptions>({
  name: 'blockViews',

  addOptions() {
    return { panels: undefined, openDocument: undefined }
  },

  addKeyboardShortcuts() {
    return {
      Enter: () => {
        const { selection } = this.editor.state
        return selection instanceof NodeSelection && openMentioned(selection.node.attrs, this.options)
      },
    }
  },

  addProseMirrorPlugins() {
    const { options, editor } = this
    const { panels } = options
    if (!panels) throw new Error('BlockViews needs its panels.')
    return [
      new Plugin({
        key: new PluginKey('blockViews'),
        view: () => ({
          update(view, before) {
            const { selection } = view.state
            if (!selection.eq(before.selection)) revealDetails(view, selection.head)
          },
        }),
        props: {
          handleDOMEvents: {
            // The page goes there itself, without being loaded again.
            click(_view, event) {
              const isMention =
                event.target instanceof Element && event.target.closest('a[data-type="mention"]') !== null
              if (isMention) event.preventDefault()
              return false
            },
          },
          handleClickOn(...[, , node, , event]) {
            const isPlain = event.button === 0 && !event.shiftKey && !event.metaKey && !event.ctrlKey
            return isPlain && node.type.name === 'mention' && openMentioned(node.attrs, options)
          },
          nodeViews: {
            callout: (node, view, getPos) => new CalloutView(node, view, getPos, panels),
            codeBlock: (node, view, getPos) => new CodeBlockView(node, view, getPos, panels),
            columns: (node, view, getPos) =>
              new ColumnsView(node, view, (widths) => {
                const at = getPos()
                if (at !== undefined) asOwnUndoStep(editor, () => editor.commands.setColumnWidths(at, widths))
              }),
            date: (node) => new DateView(node),
            details: (node, view, getPos) => new DetailsView(node, view, getPos),
            blockMath: (node) => new FormulaView(node),
            inlineMath: (node) => new FormulaView(node),
          },
        },
      }),
    ]
  },
})

/** Whether there was a document to open. */
function openMentioned(attrs: Readonly<Record<string, unknown>>, { openDocument }: BlockViewOptions): boolean {
  const mention = mentionOf(attrs)
  if (mention?.kind !== 'document' || openDocument === undefined) return false
  openDocument(mention.id)
  return true
}
