import { Extension, findParentNode, type Editor } from '@tiptap/core'

export interface EditorKeyActions {
  editLink(): void
  focusToolbar(): void
  find(): void
  showShortcuts(): void
}

/** Keys that open parts of the page around the text; formatting keys come with the schema's extensions. */
export const EditorKeys = Extension.create<{ actions: EditorKeyActions | undefined }>({
  name: 'editorKeys',

  addOptions() {
    return { actions: undefined }
  },

  addKeyboardShortcuts() {
    const run = (action: keyof EditorKeyActions) => () => {
      this.options.actions?.[action]()
      return true
    }
    return {
      'Mod-k': run('editLink'),
      'Alt-F10': run('focusToolbar'),
      'Mod-f': run('find'),
      'Mod-/': run('showShortcuts'),
      'Mod-Enter': ({ editor }) => tickTask(editor),
    }
  },
})

/** The innermost that the caret is in. False: it is in none. */
function tickTask({ state, view }: Editor): boolean {
  const task = findParentNode(({ type }) => type.name === 'taskItem')(state.selection)
  if (task === undefined || !view.editable) return false
  view.dispatch(state.tr.setNodeAttribute(task.pos, 'checked', task.node.attrs['checked'] !== true))
  return true
}
