/**
 * What Tiptap's collaboration packages import as `@tiptap/y-tiptap` (pnpm's `overrides` bring them here), served by
 * y-prosemirror. README.md says why; `index.test.ts` checks that nothing they import is missing.
 */
export {
  absolutePositionToRelativePosition,
  defaultSelectionBuilder,
  redo,
  relativePositionToAbsolutePosition,
  undo,
  yCursorPlugin,
  ySyncPlugin,
  ySyncPluginKey,
  yUndoPlugin,
  yUndoPluginKey,
} from 'y-prosemirror'
