import type { EditorView } from '@tiptap/pm/view'

/** ProseMirror's own eye on the page. Not of its public interface, and the only one who knows what has been read. */
interface DomObserver {
  readonly flushingSoon: number
  pendingRecords(): readonly MutationRecord[]
  flush(): void
}

/**
 * Reads where the caret is, if it has moved and the browser has not said so yet: it moves the caret at once (Home, a click) and tells
 * of it up to a frame later. Whatever redraws the view without being asked by the user (others' edits and carets, colours
 * of code) calls this first: drawing puts the selection of the state on the screen, and the next letters would land where the caret
 * had been. So does every key, which acts on the selection of the state. May dispatch a transaction that only selects.
 */
export function readSelection(view: EditorView): void {
  if (view.isDestroyed || view.composing) return
  const { domObserver } = view as unknown as { domObserver: DomObserver }
  if (domObserver.flushingSoon > -1) return // text that was typed, which is read in its own time
  // Taken records are read by the next flush only.
  if (domObserver.pendingRecords().length > 0) setTimeout(() => view.isDestroyed || domObserver.flush())
  else domObserver.flush()
}
