import * as Y from 'yjs'
import { ySyncPluginKey } from './plugin-keys.ts'
import type { YType } from './y-tree.ts'

const undoManagers = new WeakMap<YType, Y.UndoManager>()

/**
 * The undo stack of a fragment: what was typed in an editor of this page, and nothing else. It belongs to the Y.Doc and goes
 * with it; an editor that is made anew finds it again, whatever React or the connection did meanwhile.
 */
export function undoManagerOf(fragment: Y.XmlFragment): Y.UndoManager {
  let undoManager = undoManagers.get(fragment)
  if (undoManager === undefined) {
    undoManager = new Y.UndoManager(fragment, {
      trackedOrigins: new Set([ySyncPluginKey]),
      deleteFilter: isOwnToDelete,
      captureTransaction: (transaction) => transaction.meta.get('addToHistory') !== false,
    })
    undoManagers.set(fragment, undoManager)
  }
  return undoManager
}

/** Undo takes back the letters first; a text or an element that is not empty then holds what others wrote, and stays. */
export function isOwnToDelete(item: Y.Item): boolean {
  if (!(item.content instanceof Y.ContentType)) return true
  return item.content.type._length === 0
}
