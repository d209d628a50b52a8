import { posToDOMRect, type Editor } from '@tiptap/core'

/** The link at the caret; a flat record for `useEditorState`. */
export function linkState(editor: Editor) {
  const attributes = editor.getAttributes('link')
  return {
    href: editor.isActive('link') && typeof attributes['href'] === 'string' ? attributes['href'] : undefined,
    focused: editor.isFocused,
    editable: editor.isEditable,
  }
}

/** Links the selection, or the whole link the caret is in; with neither, inserts the address as a linked text. */
export function applyLink(editor: Editor, href: string): void {
  const chain = editor.chain().focus()
  if (editor.isActive('link')) chain.extendMarkRange('link').setLink({ href }).run()
  else if (!editor.state.selection.empty) chain.setLink({ href }).run()
  else {
    const text = href.replace(/^(https?:\/\/|mailto:)/, '')
    chain
      .insertContent([
        { type: 'text', text, marks: [{ type: 'link', attrs: { href } }] },
        { type: 'text', text: ' ' },
      ])
      .run()
  }
}

export function removeLink(editor: Editor): void {
  editor.chain().focus().extendMarkRange('link').unsetLink().run()
}

export function selectionRect(editor: Editor): DOMRect {
  const { from, to } = editor.state.selection
  return posToDOMRect(editor.view, from, to)
}
