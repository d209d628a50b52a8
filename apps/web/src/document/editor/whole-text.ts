import { ySyncPluginKey } from '@tandem/binding'
import type { Editor } from '@tiptap/core'

/** Of a long text the beginning is on the screen first. Draws the rest now, for whoever needs all of it. */
export function drawWholeText({ state }: Editor): void {
  ySyncPluginKey.getState(state)?.binding.drawRest()
}

/** What is printed is all of the text. Returns how to stop. */
export function printWholeText(editor: Editor): () => void {
  const draw = () => drawWholeText(editor)
  window.addEventListener('beforeprint', draw)
  return () => window.removeEventListener('beforeprint', draw)
}
