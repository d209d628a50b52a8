import type { Editor } from '@tiptap/core'
import { useMemo, useSyncExternalStore } from 'react'

/**
 * Something derived from the editor's state, as a flat record. Looked at once per frame at most, and the
 * component renders only when a value in it changed: a keystroke of somebody else costs no rendering.
 */
export function useEditorState<State extends Record<string, unknown>>(
  editor: Editor,
  select: (editor: Editor) => State,
): State {
  const source = useMemo(() => frameSource(editor, select), [editor, select])
  return useSyncExternalStore(source.subscribe, source.getSnapshot)
}

/** Exported for its test. Tells of what is different from the first look on, also of what happened before anybody subscribed. */
export function frameSource<State extends Record<string, unknown>>(editor: Editor, select: (editor: Editor) => State) {
  let current = select(editor)
  const subscribe = (listener: () => void) => {
    let frame = 0
    const look = () => {
      frame = 0
      if (editor.isDestroyed) return
      const next = select(editor)
      if (sameValues(current, next)) return
      current = next
      listener()
    }
    const soon = () => {
      frame ||= requestAnimationFrame(look)
    }
    editor.on('transaction', soon)
    editor.on('focus', soon)
    editor.on('blur', soon)
    soon() // what happened between the first look and now: a part of the page that comes late is drawn late
    return () => {
      cancelAnimationFrame(frame)
      editor.off('transaction', soon)
      editor.off('focus', soon)
      editor.off('blur', soon)
    }
  }
  return { subscribe, getSnapshot: () => current }
}

function sameValues(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return Object.keys(b).every((key) => Object.is(a[key], b[key]))
}
