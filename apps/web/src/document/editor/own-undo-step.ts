import type { Editor } from '@tiptap/core'
import { yUndoPluginKey } from '@tandem/binding'

/** What `write` writes is undone by itself: typing just before and after it, which would be one step with it, is not. */
export function asOwnUndoStep(editor: Editor, write: () => void): void {
  const stop = () => yUndoPluginKey.getState(editor.state)?.undoManager.stopCapturing()
  stop()
  write()
  stop()
}
