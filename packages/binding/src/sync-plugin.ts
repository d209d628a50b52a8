import type { Node } from '@tiptap/pm/model'
import { type EditorState, Plugin, type Transaction } from '@tiptap/pm/state'
import { ReplaceStep } from '@tiptap/pm/transform'
import type * as Y from 'yjs'
import { type AfterFrame, afterFrame } from './after-frame.ts'
import { ProsemirrorBinding, type Redrawn } from './binding.ts'
import { ySyncPluginKey } from './plugin-keys.ts'
import { caretForEmptyTable } from './selections.ts'
import { readSelection } from './unread-selection.ts'
import { type Schedule, SelfCheck, whenIdle } from './self-check.ts'

/** What others read of the binding, by `ySyncPluginKey.getState(state)`; the names are y-prosemirror's. */
export interface SyncState {
  readonly type: Y.XmlFragment
  readonly doc: Y.Doc
  readonly binding: ProsemirrorBinding
  /** Whether the newest transaction came out of the Y.Doc. */
  readonly isChangeOrigin: boolean
  readonly isUndoRedoOperation: boolean
  readonly addToHistory: boolean
  readonly snapshot: null
  readonly prevSnapshot: null
  /** Where the newest edit began, in the document before it. */
  readonly near: number | undefined
  /** What the newest edit took out whole. What is there again after it was moved, past what it did not take out. */
  readonly cut: ReadonlySet<Node>
}

export interface SyncOptions {
  readonly onFirstRender?: (() => void) | undefined
  /** Told after the view was drawn anew; see Redrawn. */
  readonly onRedrawn?: ((why: Redrawn) => void) | undefined
  /** When to look whether the view is what the Y.Doc says; when the page is idle, if left out. */
  readonly schedule?: Schedule | undefined
  /** See BindingOptions. */
  readonly afterFrame?: AfterFrame | undefined
  readonly blocksAtOnce?: number | undefined
}

/** About 30 ms of a page's time. */
const BLOCKS_AT_ONCE = 1_000

interface Change {
  readonly isUndoRedoOperation?: boolean
}

/**
 * Binds the fragment to the editor that the plugin is in: shows what it says, and writes what is edited, one Yjs transaction for each
 * dispatched one. Showing never writes. An editor that is not editable writes nothing, whoever dispatches.
 */
export function ySyncPlugin(type: Y.XmlFragment, options: SyncOptions = {}): Plugin<SyncState> {
  const binding = new ProsemirrorBinding(type, {
    onRedrawn: (why) => options.onRedrawn?.(why),
    blocksAtOnce: options.blocksAtOnce ?? BLOCKS_AT_ONCE,
    afterFrame: options.afterFrame ?? afterFrame,
  })
  return new Plugin<SyncState>({
    key: ySyncPluginKey,
    state: {
      init: () => ({
        type,
        doc: binding.doc,
        binding,
        isChangeOrigin: false,
        isUndoRedoOperation: false,
        addToHistory: true,
        snapshot: null,
        prevSnapshot: null,
        near: undefined,
        cut: new Set(),
      }),
      apply: (transaction, value) => applied(transaction, value),
    },
    filterTransaction: (transaction) => isAllowed(transaction, binding),
    appendTransaction: (_transactions, _before, state) => caretForEmptyTable(state),
    props: {
      handleDOMEvents: {
        keydown: (view, { ctrlKey, metaKey }) => {
          readSelection(view)
          // To the end, select all, find: what is done with the whole document is done with all of it.
          if (ctrlKey || metaKey) binding.drawRest()
          return false
        },
        // ProseMirror reads the last of a composition a little after its end.
        compositionend: () => void setTimeout(() => binding.release(), AFTER_COMPOSITION_MS),
      },
    },
    view: (view) => {
      binding.initView(view)
      options.onFirstRender?.()
      const check = new SelfCheck(binding, options.schedule ?? whenIdle)
      return {
        update: ({ state }: { state: EditorState }, before: EditorState) => {
          if (state.doc === before.doc) return
          const { addToHistory, near, cut } = ySyncPluginKey.getState(state)!
          binding.write(before, { addToHistory, near, cut })
          binding.release()
          check.restart()
        },
        destroy: () => {
          check.stop()
          binding.destroy()
        },
      }
    },
  })
}

const AFTER_COMPOSITION_MS = 50

function applied(transaction: Transaction, value: SyncState): SyncState {
  const change = transaction.getMeta(ySyncPluginKey) as Change | undefined
  const isAppended = transaction.getMeta('appendedTransaction') !== undefined
  return {
    ...value,
    isChangeOrigin: change !== undefined,
    isUndoRedoOperation: change?.isUndoRedoOperation === true,
    addToHistory: transaction.getMeta('addToHistory') !== false,
    near: isAppended ? value.near : startOf(transaction),
    cut: isAppended ? value.cut : new Set(cutBy(transaction)),
  }
}

function startOf({ mapping }: Transaction): number | undefined {
  let start: number | undefined
  mapping.maps[0]?.forEach((from) => (start ??= from))
  return start
}

function cutBy({ steps, docs }: Transaction): Node[] {
  return steps.flatMap((step, index) => {
    if (!(step instanceof ReplaceStep) || step.slice.size > 0) return []
    const { content, openStart, openEnd } = docs[index]!.slice(step.from, step.to)
    return openStart === 0 && openEnd === 0 ? content.content : []
  })
}

/** While the Y.Doc is shown nobody may add to it: everybody who has the document open would write the same. */
function isAllowed(transaction: Transaction, { isShowing, prosemirrorView }: ProsemirrorBinding): boolean {
  if (!transaction.docChanged || transaction.getMeta(ySyncPluginKey) !== undefined) return true
  return !isShowing && prosemirrorView?.editable !== false
}
