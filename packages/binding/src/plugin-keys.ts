import { PluginKey } from '@tiptap/pm/state'
import type { CursorState } from './cursor-plugin.ts'
import type { SyncState } from './sync-plugin.ts'
import type { UndoState } from './undo-plugin.ts'

/**
 * Everybody recognises what came out of the Y.Doc by this key, and undo follows what is written under it as origin. Others know it
 * by its string (`normalisingOnlyLocalEdits`), to which ProseMirror adds a number when another copy of a binding was loaded before.
 */
export const ySyncPluginKey = Object.assign(new PluginKey<SyncState>('y-sync'), { key: 'y-sync$' })
export const yUndoPluginKey = new PluginKey<UndoState>('y-undo')
export const yCursorPluginKey = new PluginKey<CursorState>('yjs-cursor')
