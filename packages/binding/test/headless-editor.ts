import type { Schema } from '@tiptap/pm/model'
import { EditorState, type Plugin, type PluginView, TextSelection, type Transaction } from '@tiptap/pm/state'
import { tableEditing } from '@tiptap/pm/tables'
import type { EditorView } from '@tiptap/pm/view'
import * as Y from 'yjs'
import { schema } from './schemas.ts'

/** A binding, ours or another one of the same names. */
export interface BindingUnderTest {
  readonly name: string
  syncPlugin(fragment: Y.XmlFragment, afterFrame: (run: () => void) => () => void): Plugin
  undoPlugin(undoManager: Y.UndoManager): Plugin
  undoManager(fragment: Y.XmlFragment): Y.UndoManager
  /** To be called some time after a composition ended. */
  release(state: EditorState): void
}

export interface EditorOptions {
  readonly clientId: number
  readonly binding: BindingUnderTest
  readonly schema?: Schema
  readonly editable?: boolean
}

/**
 * One person's editor without a DOM: the state, the binding's plugins and their views, and what the binding asks of
 * an EditorView. Undo groups end only at `stopCapturing`, so a run depends on nothing but its seed.
 */
export class HeadlessEditor {
  state: EditorState
  composing = false
  /** Where the caret went without the editor having been told yet, as browsers do it. */
  movedTo: number | undefined
  readonly domObserver = { flushingSoon: -1, pendingRecords: () => [], flush: () => this.#readCaret() }
  editable: boolean
  readonly isDestroyed = false
  readonly doc = new Y.Doc()
  readonly fragment: Y.XmlFragment
  undoManager: Y.UndoManager
  /** Updates that were written while another editor's were taken in. Must stay empty. */
  readonly writtenWhileReceiving: Uint8Array[] = []
  readonly written: Uint8Array[] = []
  readonly #binding: BindingUnderTest
  readonly #views: PluginView[] = []
  #isReceiving = false
  readonly #later = new Set<() => void>()

  constructor({ clientId, binding, schema: own = schema, editable = true }: EditorOptions) {
    this.#binding = binding
    this.editable = editable
    this.doc.clientID = clientId
    this.fragment = this.doc.getXmlFragment('body')
    this.undoManager = binding.undoManager(this.fragment)
    const plugins = this.#plugins()
    this.state = EditorState.create({ schema: own, plugins })
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'remote') return
      this.written.push(update)
      if (this.#isReceiving) this.writtenWhileReceiving.push(update)
    })
    this.#begin(plugins)
  }

  /** Closes the page and opens it again on what it has: another view, another undo stack. */
  reopen(): void {
    for (const view of this.#views.splice(0)) view.destroy?.()
    this.undoManager.destroy()
    this.undoManager = this.#binding.undoManager(this.fragment)
    const plugins = this.#plugins()
    this.state = EditorState.create({ schema: this.state.schema, plugins })
    this.#begin(plugins)
  }

  #plugins(): readonly Plugin[] {
    const { syncPlugin, undoPlugin } = this.#binding
    return [syncPlugin(this.fragment, this.#afterFrame), undoPlugin(this.undoManager), tableEditing()]
  }

  #begin(plugins: readonly Plugin[]): void {
    for (const plugin of plugins.slice(0, 2)) {
      const view = plugin.spec.view?.(this as unknown as EditorView)
      if (view !== undefined) this.#views.push(view)
    }
  }

  readonly dispatch = (transaction: Transaction): void => {
    const before = this.state
    this.state = before.apply(transaction)
    for (const view of this.#views) view.update?.(this as unknown as EditorView, before)
  }

  #readCaret(): void {
    const at = this.movedTo
    if (at === undefined) return
    this.movedTo = undefined
    this.dispatch(this.state.tr.setSelection(TextSelection.create(this.state.doc, at)))
  }

  /** Whether something waits for a task of its own. */
  get hasMoreToDo(): boolean {
    return this.#later.size > 0
  }

  /** Runs what was put off. */
  settle(): void {
    for (const run of this.#later) {
      this.#later.delete(run)
      run()
    }
  }

  readonly #afterFrame = (run: () => void): (() => void) => {
    this.#later.add(run)
    return () => void this.#later.delete(run)
  }

  hasFocus(): boolean {
    return false
  }

  /** Receives everything the other has. */
  receive(other: HeadlessEditor): void {
    this.#isReceiving = true
    try {
      Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(this.doc)), 'remote')
    } finally {
      this.#isReceiving = false
    }
  }

  compose(): void {
    this.composing = true
  }

  endComposition(): void {
    this.composing = false
    this.#binding.release(this.state)
  }

  destroy(): void {
    for (const view of this.#views) view.destroy?.()
    this.undoManager.destroy()
    this.doc.destroy()
  }
}
