import { Extension } from '@tiptap/core'

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
    }
  },
})
