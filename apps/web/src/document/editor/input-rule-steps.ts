import { Extension } from '@tiptap/core'
import { Plugin, type EditorState, type Transaction } from '@tiptap/pm/state'
import { endUndoStep } from './own-undo-step.ts'

/** What signs become as they are typed (a heading, a list, bold) is a step of undo of its own: undone, the signs are there again. */
export const InputRuleSteps = Extension.create({
  name: 'inputRuleSteps',

  addProseMirrorPlugins() {
    return [
      new Plugin({
        filterTransaction(transaction, state) {
          if (isOfRule(transaction, state)) endUndoStep(state)
          return true
        },
      }),
    ]
  },

  onTransaction({ editor, transaction }) {
    if (isOfRule(transaction, editor.state)) endUndoStep(editor.state)
  },
})

function isOfRule(transaction: Transaction, { plugins }: EditorState): boolean {
  return plugins.some((plugin) => {
    const isRules = (plugin.spec as { isInputRules?: boolean }).isInputRules === true
    const said: unknown = isRules ? transaction.getMeta(plugin) : undefined
    return typeof said === 'object' && said !== null && 'transform' in said
  })
}
