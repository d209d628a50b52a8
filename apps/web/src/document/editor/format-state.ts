import { isAlignment, isColour, type Alignment, type Colour } from '@tandem/schema'
import type { Editor } from '@tiptap/core'

export type TextStyle = 'paragraph' | 'heading-1' | 'heading-2' | 'heading-3'

/** What the toolbar shows as pressed or possible at the selection. A flat record, for `useEditorState`. */
export function formatState(editor: Editor) {
  const can = editor.can()
  return {
    editable: editor.isEditable,
    style: textStyle(editor),
    bold: editor.isActive('bold'),
    italic: editor.isActive('italic'),
    underline: editor.isActive('underline'),
    strike: editor.isActive('strike'),
    code: editor.isActive('code'),
    link: editor.isActive('link'),
    bulletList: editor.isActive('bulletList'),
    orderedList: editor.isActive('orderedList'),
    taskList: editor.isActive('taskList'),
    blockquote: editor.isActive('blockquote'),
    codeBlock: editor.isActive('codeBlock'),
    highlight: editor.isActive('highlight'),
    highlightColour: colourAt(editor, 'highlight'),
    textColour: colourAt(editor, 'textStyle'),
    alignment: alignmentAt(editor),
    canUndo: can.undo(),
    canRedo: can.redo(),
  }
}

export function applyTextStyle(editor: Editor, style: TextStyle): void {
  const chain = editor.chain().focus()
  if (style === 'paragraph') chain.setParagraph().run()
  else chain.setHeading({ level: style === 'heading-1' ? 1 : style === 'heading-2' ? 2 : 3 }).run()
}

function textStyle(editor: Editor): TextStyle {
  for (const level of [1, 2, 3] as const) if (editor.isActive('heading', { level })) return `heading-${level}`
  return 'paragraph'
}

function colourAt(editor: Editor, mark: 'highlight' | 'textStyle'): Colour | undefined {
  const colour: unknown = editor.getAttributes(mark)['color']
  return isColour(colour) ? colour : undefined
}

function alignmentAt(editor: Editor): Alignment | 'left' {
  const { $from } = editor.state.selection
  const alignment: unknown = $from.parent.attrs['textAlign']
  return isAlignment(alignment) ? alignment : 'left'
}
