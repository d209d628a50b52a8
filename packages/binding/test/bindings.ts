import type { EditorState, Plugin } from '@tiptap/pm/state'
import * as tiptap from 'upstream-y-tiptap'
import * as upstream from 'y-prosemirror'
import * as Y from 'yjs'
import { ySyncPluginKey } from '../src/plugin-keys.ts'
import { ySyncPlugin } from '../src/sync-plugin.ts'
import { isOwnToDelete } from '../src/undo-stack.ts'
import { yUndoPlugin } from '../src/undo-plugin.ts'
import type { BindingUnderTest } from './headless-editor.ts'

const NEVER = Number.MAX_SAFE_INTEGER

export const ours: BindingUnderTest = {
  name: 'ours',
  syncPlugin: (fragment, afterFrame) =>
    ySyncPlugin(fragment, { schedule: () => () => undefined, afterFrame, blocksAtOnce: 30 }),
  undoPlugin: (undoManager) => yUndoPlugin({ undoManager }),
  undoManager: (fragment) =>
    new Y.UndoManager(fragment, {
      trackedOrigins: new Set([ySyncPluginKey]),
      deleteFilter: isOwnToDelete,
      captureTimeout: NEVER,
    }),
  release: (state) => ySyncPluginKey.getState(state)?.binding.release(),
}

function stock(name: string, { ySyncPlugin, yUndoPlugin, ySyncPluginKey }: typeof upstream): BindingUnderTest {
  return {
    name,
    syncPlugin: (fragment) => ySyncPlugin(fragment) as Plugin,
    undoPlugin: (undoManager) => yUndoPlugin({ undoManager }) as Plugin,
    undoManager: (fragment) =>
      new Y.UndoManager(fragment, {
        trackedOrigins: new Set([ySyncPluginKey]),
        deleteFilter: (item) => upstream.defaultDeleteFilter(item, upstream.defaultProtectedNodes),
        captureTimeout: NEVER,
      }),
    release: (_state: EditorState) => undefined,
  }
}

export const yProsemirror = stock('y-prosemirror 1.3.7', upstream)
export const yTiptap = stock('y-tiptap 3.0.9', tiptap as unknown as typeof upstream)
