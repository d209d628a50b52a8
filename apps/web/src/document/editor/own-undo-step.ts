import type { Editor } from '@tiptap/core'
import { yUndoPluginKey } from '@tandem/binding'
import type { EditorState } from '@tiptap/pm/state'

/** What was written before this is another step than what is written after. */
export function endUndoStep(state: EditorState): void {
  yUndoPluginKey.getState(state)?.undoManager.stopCapturing()
}

/** What `write` writes is undone by itself: typing just before and after it, which would be one step with it, is not. */
export function asOwnUndoStep(editor: Editor, write: () => void): void {
  const stop = () => endUndoStep(editor.state)
  stop()
  write()
  stop()
}
