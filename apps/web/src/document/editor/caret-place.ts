import { relativePositionToAbsolutePosition, ySyncPluginKey } from '@tandem/binding'
import type { EditorState } from '@tiptap/pm/state'
import * as Y from 'yjs'

/** What of the binding's state a caret is looked up in. */
interface Bound {
  readonly doc: Y.Doc
  readonly type: Y.XmlFragment
  readonly binding: { readonly mapping: Parameters<typeof relativePositionToAbsolutePosition>[3] }
}

/**
 * Whether a caret from the wire can be looked up in this text. A position may be well-formed and name nothing at all, a
 * root that nobody has, or what the editor does not show; there Yjs and y-prosemirror throw, in the middle of everybody's
 * typing, or make the root. Never throws; changes nothing.
 */
export function canBeDrawn(state: EditorState, cursor: unknown): boolean {
  const { anchor, head } = (cursor ?? {}) as { anchor?: unknown; head?: unknown }
  const bound = ySyncPluginKey.getState(state) as Bound | undefined
  return bound !== undefined && [anchor, head].every((position) => canBeFound(bound, position))
}

function canBeFound({ doc, type, binding }: Bound, position: unknown): boolean {
  try {
    const relative = Y.createRelativePositionFromJSON(position)
    if (relative.item === null && relative.tname !== null && !doc.share.has(relative.tname)) return false
    relativePositionToAbsolutePosition(doc, type, relative, binding.mapping)
    return true
  } catch {
    return false // what cannot be looked up is not drawn; it is nobody's text
  }
}
