import * as Y from 'yjs'
import type { ProsemirrorBinding } from './binding.ts'
import type { WasShown } from './changed-letters.ts'

/** How the Y.Doc changed, as far as that is known. */
export interface Change {
  readonly origin?: unknown
  readonly was?: WasShown
  readonly newBlocks?: number
  /** Nothing changed: this was there, and is drawn only now. */
  readonly isRest?: boolean
}

/** What the transaction that shows it says under `ySyncPluginKey`; the first two names are y-prosemirror's. */
export function changeMeta(binding: ProsemirrorBinding, { origin, isRest = false }: Change): Record<string, unknown> {
  return { isChangeOrigin: true, isUndoRedoOperation: origin instanceof Y.UndoManager, isRest, binding }
}
