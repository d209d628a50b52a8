import { Extension, type AnyExtension } from '@tiptap/core'
import { Plugin, type Transaction } from '@tiptap/pm/state'

/** By this key the binding marks what came out of the Y.Doc: another person's edit, an undo, the first rendering. */
const FROM_Y_DOC = 'y-sync$'

/** Whether somebody typed in this editor; what a plugin appended counts as what it was appended to. */
export function isLocalEdit(transaction: Transaction): boolean {
  const root = (transaction.getMeta('appendedTransaction') as Transaction | undefined) ?? transaction
  return transaction.docChanged && root.getMeta(FROM_Y_DOC) === undefined
}

/**
 * The extension, with its normalisers (autolink, table repair) deaf to what comes out of the Y.Doc. Otherwise
 * everybody who merely has the document open, readers included, would write the same repair at once.
 */
export function normalisingOnlyLocalEdits<Some extends AnyExtension>(extension: Some): Some {
  return extension.extend({
    addProseMirrorPlugins(this: { parent?: (() => Plugin[]) | null }) {
      return (this.parent?.() ?? []).map(deafToRemoteEdits)
    },
  }) as Some
}

function deafToRemoteEdits(plugin: Plugin): Plugin {
  const { appendTransaction } = plugin.spec
  if (appendTransaction === undefined) return plugin
  return new Plugin({
    ...plugin.spec,
    appendTransaction(transactions, before, after) {
      const toNormalise = transactions.some(isLocalEdit) || !transactions.some((transaction) => transaction.docChanged)
      return toNormalise ? appendTransaction.call(plugin, transactions, before, after) : null
    },
  })
}

/** Blocks that a caret at the end of the document could not leave. */
const WITHOUT_EXIT = new Set([
  'blockMath',
  'callout',
  'codeBlock',
  'columns',
  'details',
  'file',
  'horizontalRule',
  'image',
  'table',
])

/** Keeps a paragraph after a last block that offers no place to type, once somebody edits; opening adds nothing. */
export const TrailingParagraph = Extension.create({
  name: 'trailingParagraph',

  addProseMirrorPlugins() {
    return [
      new Plugin({
        appendTransaction(transactions, _before, { doc, schema, tr }) {
          if (!transactions.some(isLocalEdit) || !WITHOUT_EXIT.has(doc.lastChild?.type.name ?? '')) return null
          return tr.insert(doc.content.size, schema.node('paragraph'))
        },
      }),
    ]
  },
})
