/**
 * The binding between a fragment of a Y.Doc and an editor, under the names of y-prosemirror, which Tiptap's collaboration
 * packages import as `@tiptap/y-tiptap` (pnpm's `overrides` bring them here; `index.test.ts` checks that nothing is missing).
 *
 * How to read it, from the outside in:
 *
 *   sync-plugin       what ProseMirror calls; undo-plugin, cursor-plugin beside it
 *   binding           the two directions, and what they have in common: the nodes that are shown (shown-nodes)
 *     Y.Doc -> view   touched (where a transaction changed something), render (nodes for it), edits (the smallest steps),
 *                     selections and positions (where the caret goes), unread-selection (where the browser has put it meanwhile)
 *     view -> Y.Doc   write (what is another object than before), match-children, inline-diff, write-inline, type-builder
 *   held-paragraph    what waits while an input method composes
 *   after-frame       when the rest of what is much is drawn
 *   self-check        whether all this is true, when the page is idle
 *   kept-content, unsupported-clipboard      what was cut and may be pasted again
 *   unsupported-content, formats, y-tree     what stands in Yjs, and what stands for what the editor does not know
 *
 * Two rules hold everywhere. Showing never writes: whoever merely opens a document, reads it or is of an older version leaves
 * no trace in it. And what is not known is not touched: nodes, marks, attributes of other versions survive every edit beside them.
 */
export { ProsemirrorBinding, type Redrawn } from './binding.ts'
export { defaultSelectionBuilder, yCursorPlugin } from './cursor-plugin.ts'
export { yCursorPluginKey, ySyncPluginKey, yUndoPluginKey } from './plugin-keys.ts'
export { absolutePositionToRelativePosition, relativePositionToAbsolutePosition } from './positions.ts'
export { type SyncOptions, ySyncPlugin } from './sync-plugin.ts'
export { undoManagerOf } from './undo-stack.ts'
export { redo, undo, yUndoPlugin } from './undo-plugin.ts'
export { readSelection } from './unread-selection.ts'
export { unsupportedContent } from './unsupported-extensions.ts'
