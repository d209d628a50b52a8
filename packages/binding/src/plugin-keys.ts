import { PluginKey } from '@tiptap/pm/state'
import type { CursorState } from './cursor-plugin.ts'
import type { SyncState } from './sync-plugin.ts'
import type { UndoState } from './undo-plugin.ts'

/** Everybody recognises what came out of the Y.Doc by this key (`y-sync$`), and undo follows what is written under it as origin. */
export const ySyncPluginKey = new PluginKey<SyncState>('y-sync')
export const yUndoPluginKey = new PluginKey<UndoState>('y-undo')
export const yCursorPluginKey = new PluginKey<CursorState>('yjs-cursor')
