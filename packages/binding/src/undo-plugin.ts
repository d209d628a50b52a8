import { type EditorState, Plugin } from '@tiptap/pm/state'
import type * as Y from 'yjs'
import { SELECTION } from './selections.ts'
import { ySyncPluginKey, yUndoPluginKey } from './plugin-keys.ts'
import { undoManagerOf } from './undo-stack.ts'

export interface UndoState {
  readonly undoManager: Y.UndoManager
  readonly hasUndoOps: boolean
  readonly hasRedoOps: boolean
}

export interface UndoOptions {
  /** The fragment's own, if left out. */
  readonly undoManager?: Y.UndoManager | null
  readonly trackedOrigins?: readonly unknown[]
}

/** What is typed in one go is undone by so much at once. */
const LONGEST_STEP_MS = 3_000

interface StackItemEvent {
  readonly stackItem: { readonly meta: Map<unknown, unknown> }
}

/** Undo and redo of what was done in this editor. The undo manager outlives the plugin; see undoManagerOf. */
export function yUndoPlugin({ undoManager, trackedOrigins = [] }: UndoOptions = {}): Plugin<UndoState> {
  return new Plugin<UndoState>({
    key: yUndoPluginKey,
    state: {
      init: (_config, state) => {
        const { type } = ySyncPluginKey.getState(state)!
        const used = undoManager ?? undoManagerOf(type)
        for (const origin of trackedOrigins) used.addTrackedOrigin(origin)
        return stateOf(used)
      },
      apply: (_transaction, value) => {
        const now = stateOf(value.undoManager)
        return now.hasUndoOps === value.hasUndoOps && now.hasRedoOps === value.hasRedoOps ? value : now
      },
    },
    props: {
      handleKeyDown: ({ state }, { key }) => {
        if (key === 'Enter') yUndoPluginKey.getState(state)?.undoManager.stopCapturing()
        return false
      },
    },
    view: ({ state }) => {
      const { binding } = ySyncPluginKey.getState(state)!
      const used = yUndoPluginKey.getState(state)!.undoManager
      let begunAt = 0
      const onAdded = ({ stackItem }: StackItemEvent) => {
        begunAt = Date.now()
        if (binding.selectionBefore !== undefined) stackItem.meta.set(SELECTION, binding.selectionBefore)
      }
      // Who types without a pause would else take minutes of it back at once.
      const onUpdated = () => {
        if (Date.now() - begunAt > LONGEST_STEP_MS) used.stopCapturing()
      }
      used.on('stack-item-added', onAdded)
      used.on('stack-item-updated', onUpdated)
      return {
        destroy: () => {
          used.off('stack-item-added', onAdded)
          used.off('stack-item-updated', onUpdated)
          used.stopCapturing()
        },
      }
    },
  })
}

function stateOf(undoManager: Y.UndoManager): UndoState {
  return {
    undoManager,
    hasUndoOps: undoManager.undoStack.length > 0,
    hasRedoOps: undoManager.redoStack.length > 0,
  }
}

/** Whether there was something to undo; it is undone. */
export function undo(state: EditorState): boolean {
  return yUndoPluginKey.getState(state)?.undoManager.undo() != null
}

export function redo(state: EditorState): boolean {
  return yUndoPluginKey.getState(state)?.undoManager.redo() != null
}
