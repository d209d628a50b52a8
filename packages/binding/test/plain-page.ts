import type { Schema } from '@tiptap/pm/model'
import { EditorState, type PluginView, TextSelection, type Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import type * as Y from 'yjs'
import type { Redrawn } from '../src/binding.ts'
import { ySyncPlugin } from '../src/sync-plugin.ts'
import { yUndoPlugin } from '../src/undo-plugin.ts'
import { schema as documentSchema } from './schemas.ts'

/** An editor as the page makes it, on a document that is already there; the test decides when the page is idle. */
export class PlainPage {
  state: EditorState
  readonly editable = true
  readonly composing = false
  /** Nobody moves a caret here but by `type`. */
  readonly domObserver = { flushingSoon: -1, pendingRecords: () => [], flush: () => undefined }
  readonly told: Redrawn[] = []
  /** What waits for the next frame, or for idle time. */
  readonly waiting: (() => void)[] = []
  readonly #views: PluginView[] = []

  constructor(doc: Y.Doc, schema: Schema = documentSchema) {
    const sync = ySyncPlugin(doc.getXmlFragment('body'), {
      onRedrawn: (why) => this.told.push(why),
      afterFrame: this.#wait,
      schedule: this.#wait,
    })
    const plugins = [sync, yUndoPlugin()]
    this.state = EditorState.create({ schema, plugins })
    for (const plugin of plugins) {
      const view = plugin.spec.view?.(this as unknown as EditorView)
      if (view !== undefined) this.#views.push(view)
    }
  }

  readonly dispatch = (transaction: Transaction): void => {
    const before = this.state
    this.state = before.apply(transaction)
    for (const view of this.#views) view.update?.(this as unknown as EditorView, before)
  }

  readonly #wait = (run: () => void): (() => void) => {
    this.waiting.push(run)
    return () => void this.waiting.splice(this.waiting.indexOf(run), 1)
  }

  type(at: number, text: string): void {
    this.dispatch(this.state.tr.setSelection(TextSelection.create(this.state.doc, at)))
    this.dispatch(this.state.tr.insertText(text))
  }

  /** Runs everything that waits, and what that makes wait; returns how much it was. */
  idle(): number {
    let runs = 0
    for (let run = this.waiting.shift(); run !== undefined; run = this.waiting.shift()) {
      runs += 1
      run()
    }
    return runs
  }

  close(): void {
    for (const view of this.#views.splice(0)) view.destroy?.()
  }
}
