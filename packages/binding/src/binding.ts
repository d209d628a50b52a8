import type { Node } from '@tiptap/pm/model'
import { type EditorState, Selection, type Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import * as Y from 'yjs'
import { type AfterFrame, WaitsForFrame } from './after-frame.ts'
import { NotCopied, TypeBuilder } from './type-builder.ts'
import { type Change, changeMeta } from './change.ts'
import { changedRanges, shownBefore } from './changed-letters.ts'
import { edited, editsBetween } from './edits.ts'
import { HeldParagraph } from './held-paragraph.ts'
import { KeptContent } from './kept-content.ts'
import { ySyncPluginKey } from './plugin-keys.ts'
import { Renderer } from './render.ts'
import { type NotedSelection, SELECTION, keepSelection, noteSelection, restoreSelection } from './selections.ts'
import { ShownNodes } from './shown-nodes.ts'
import { Touched } from './touched.ts'
import { readSelection } from './unread-selection.ts'
import { planWrite } from './write.ts'
import { type PartKey, type YParent, type YType, partsOf, isElement } from './y-tree.ts'

/**
 * Why the view was drawn anew from the Y.Doc: `not-copied`, the edit would have copied content that the editor cannot read;
 * `refused`, another plugin did not let a change of the Y.Doc through, or added to it; `differs`, the check when idle found the
 * view to be another than the Y.Doc. The last two are defects of somebody.
 */
export type Redrawn = 'not-copied' | 'refused' | 'differs'

export interface BindingOptions {
  onRedrawn(why: Redrawn): void
  /**
   * How many blocks are drawn in one go of what was there before, or of one change of others'; a tenth of it the first time, which
   * is more than a screen shows, and later half of what is there if that is more. The page stays quick.
   */
  readonly blocksAtOnce: number
  readonly afterFrame: AfterFrame
}

/** What the binding is told of an edit besides the two documents; see SyncState. */
interface WrittenEdit {
  readonly addToHistory: boolean
  readonly near: number | undefined
  readonly cut: ReadonlySet<Node>
}

/**
 * Keeps one view and one fragment the same. In both directions only what changed is looked at: from the Y.Doc by the types that a
 * transaction changed, from the view by which nodes are not the same objects any more.
 */
export class ProsemirrorBinding {
  readonly type: YParent
  readonly doc: Y.Doc
  readonly mapping = new ShownNodes()
  /** What was cut here and cannot be read from the screen. */
  readonly kept = new KeptContent()
  prosemirrorView: EditorView | null = null
  /** Where the selection was before the newest change, for undo. */
  selectionBefore: NotedSelection | undefined
  /** While the view takes in what the Y.Doc says, nothing else may change it. */
  isShowing = false
  /** What the Y.Doc says could not be shown: whatever is done next draws all anew before it is written. */
  #isRefused = false
  readonly #options: BindingOptions
  readonly #rest: WaitsForFrame
  #held: HeldParagraph | undefined
  #mayBeHeld: HeldParagraph | undefined

  constructor(type: YParent, options: BindingOptions) {
    if (type.doc === null) throw new Error('The fragment must be in a Y.Doc before it is bound to an editor.')
    this.type = type
    this.doc = type.doc
    this.#options = options
    this.#rest = new WaitsForFrame(options.afterFrame)
  }

  get isDestroyed(): boolean {
    return this.prosemirrorView === null
  }

  /** Whether something of the Y.Doc is not drawn yet: an input method composes there, or it is much. */
  get isBehind(): boolean {
    return this.#held !== undefined || this.#rest.isWaiting
  }

  /** Draws the document, its beginning first, and follows it until `destroy`. Writes nothing. */
  initView(view: EditorView): void {
    this.destroy()
    this.prosemirrorView = view
    this.doc.on('beforeAllTransactions', this.#beforeChanges)
    this.doc.on('afterTransaction', this.#afterChange)
    this.#drawAll(this.#options.blocksAtOnce / 10)
  }

  /** Draws at once what would follow: for whoever is about to print, to select all of it, or to look for something in it. */
  drawRest(): void {
    if (this.#rest.stop()) this.#drawMore(Infinity)
  }

  destroy(): void {
    this.prosemirrorView = null
    this.#held = undefined
    this.#rest.stop()
    this.doc.off('beforeAllTransactions', this.#beforeChanges)
    this.doc.off('afterTransaction', this.#afterChange)
  }

  /** Draws everything from the Y.Doc, as if nothing had been known of it. Writes nothing; what is the same already stays. */
  redraw(why: Redrawn): void {
    this.#drawAll()
    this.#isRefused = false
    this.#options.onRedrawn(why)
  }

  /** Writes what the view shows now and did not show when it last agreed with the Y.Doc. `before` is the state before the newest change. */
  write(before: EditorState, options: WrittenEdit): void {
    const view = this.prosemirrorView
    const shown = this.mapping.get(this.type)
    if (view === null || shown === undefined || shown === view.state.doc || this.isShowing) return
    if (!view.editable || this.#isRefused) return this.redraw('refused')
    if (shown === before.doc) this.selectionBefore = noteSelection(this, before.selection)
    try {
      const { writes, whenWritten, isPartial } = planWrite(this.type, shown, view.state.doc, {
        doc: this.doc,
        shown: this.mapping,
        near: shown === before.doc ? options.near : undefined,
        cut: options.cut,
        held: this.#held?.type,
        kept: this.kept,
      })
      this.#transact([...writes, ...whenWritten], options.addToHistory)
      if (isPartial) this.#drawAll()
    } catch (error) {
      if (!(error instanceof NotCopied)) throw error
      this.redraw('not-copied')
    }
  }

  /** To be called once no input method composes any more: writes what it left, and draws what came meanwhile. */
  release(): void {
    const [held, view] = [this.#held, this.prosemirrorView]
    if (held === undefined || view === null || view.composing) return
    const after = this.mapping.get(held.type)
    const written = after === undefined || held.isDeleted ? undefined : this.#writeHeld(held, after, view)
    this.#held = undefined
    if (after === undefined || held.isDeleted) return
    const children = partsOf(held.type, { inline: true }).flatMap(({ kind, key }) => (kind === 'element' ? [key] : []))
    this.selectionBefore = undefined // the places of the caret are as old as the composition
    this.#show(new Touched(this.type, [held.type, ...children]), { was: held.wasShown(written) })
  }

  /** Undefined if there was nothing to write. What cannot be written goes when the paragraph is drawn. */
  #writeHeld(held: HeldParagraph, after: Node, { editable }: EditorView): Y.Transaction | undefined {
    try {
      const whenWritten: (() => void)[] = []
      const writes = held.plan(after, this.mapping, this.#builder(whenWritten))
      return writes.length > 0 && editable ? this.#transact([...writes, ...whenWritten], true) : undefined
    } catch (error) {
      if (error instanceof NotCopied) return undefined
      throw error
    }
  }

  #builder(whenWritten: (() => void)[]): TypeBuilder {
    return new TypeBuilder(this.doc, { shown: this.mapping, kept: this.kept }, whenWritten)
  }

  #transact(writes: readonly (() => void)[], addToHistory: boolean): Y.Transaction {
    return this.doc.transact((transaction) => {
      transaction.meta.set('addToHistory', addToHistory)
      for (const write of writes) write()
      return transaction
    }, ySyncPluginKey)
  }

  readonly #beforeChanges = (): void => {
    const view = this.prosemirrorView
    // In the middle of a write the view is ahead; `write` has noted where the selection was.
    if (view === null || this.mapping.get(this.type) !== view.state.doc) return
    this.#whileShowing(() => readSelection(view))
    this.selectionBefore = noteSelection(this, view.state.selection)
    this.#mayBeHeld = view.composing && this.#held === undefined ? this.#composedParagraph(view.state) : undefined
  }

  #composedParagraph({ selection }: EditorState): HeldParagraph | undefined {
    const { parent } = selection.$head
    const type = parent.isTextblock ? this.mapping.keyOf(parent) : undefined
    return isElement(type) ? new HeldParagraph(type, parent, this.mapping) : undefined
  }

  /** Also after own writes: that what was written is what is shown is checked by drawing it. */
  readonly #afterChange = (transaction: Y.Transaction): void => {
    if (this.prosemirrorView === null) return
    // Yjs would tidy up others' formats now, in everybody's name: an update from each who only looks on.
    if (!transaction.local) transaction._needFormattingCleanup = false
    const touched = new Touched(this.type, transaction.changed.keys() as Iterable<YType>)
    if (!touched.has(this.type)) return
    const isOwn = transaction.origin === ySyncPluginKey
    if (this.#mayBeHeld !== undefined && !isOwn && touched.has(this.#mayBeHeld.type)) this.#held = this.#mayBeHeld
    this.#mayBeHeld = undefined
    this.#show(touched, { origin: transaction.origin, was: shownBefore(transaction) })
  }

  #show(touched: Touched, how: Change): void {
    const view = this.prosemirrorView!
    if (this.mapping.get(this.type) !== view.state.doc) return this.redraw('refused')
    const newBlocks = how.newBlocks ?? this.#options.blocksAtOnce / 10
    const renderer = new Renderer(view.state.schema, this.mapping, { touched, held: this.#held?.type, newBlocks })
    this.#dispatch(view, renderer.document(this.type), { ...how, renewed: renderer.renewed })
    if (renderer.isPartial) this.#rest.start(() => this.#drawMore())
  }

  /** What is not drawn yet is in nobody's way: edits beside it find their places in the Y.Doc as ever. */
  #drawMore(most?: number): void {
    const view = this.prosemirrorView
    if (view === null) return
    // In growing steps: after each the page lays out all that is there.
    const newBlocks = most ?? Math.max(this.#options.blocksAtOnce, view.state.doc.childCount / 2)
    this.#show(new Touched(this.type, [this.type]), { newBlocks, isRest: true })
  }

  #drawAll(newBlocks = Infinity): void {
    const view = this.prosemirrorView
    if (view === null) return
    this.mapping.clear()
    this.#held = undefined
    this.#rest.stop()
    const renderer = new Renderer(view.state.schema, this.mapping, { newBlocks })
    this.#dispatch(view, renderer.document(this.type), {})
    if (renderer.isPartial) this.#rest.start(() => this.#drawMore())
  }

  #dispatch(view: EditorView, target: Node, how: Change & { renewed?: ReadonlyMap<Node, Node> }): void {
    const { renewed, origin, was } = how
    const { state } = view
    if (target === state.doc) return
    const edits = editsBetween(state.doc, target, {
      renewed,
      ranges: (before, after) => {
        const key = renewed?.get(after) === before ? this.mapping.keyOf(after) : undefined
        return changedRanges(isElement(key) ? key : undefined, before, after, was)
      },
    })
    if (edits.length === 0) return this.#rebind(target, state.doc)
    const transaction = edited(state, edits, target)
    this.#rebind(target, transaction.doc)
    this.#select(transaction, state, origin)
    this.#send(view, transaction, changeMeta(this, how))
  }

  /** A plugin that throws at a selection must not keep the view from what the Y.Doc says: the next edit would write the difference. */
  #send(view: EditorView, transaction: Transaction, change: Readonly<Record<string, unknown>>): void {
    transaction.setMeta('addToHistory', false).setMeta(ySyncPluginKey, change)
    try {
      this.#whileShowing(() => view.dispatch(transaction))
    } catch (error) {
      if (view.state.doc === transaction.doc) throw error
      const { tr } = view.state
      for (const step of transaction.steps) tr.step(step)
      this.#rebind(transaction.doc, tr.doc)
      tr.setSelection(Selection.atStart(tr.doc)).setMeta('addToHistory', false).setMeta(ySyncPluginKey, change)
      try {
        this.#whileShowing(() => view.dispatch(tr))
      } catch (again) {
        this.#isRefused = view.state.doc !== tr.doc
        throw again
      }
    }
  }

  #whileShowing(run: () => void): void {
    this.isShowing = true
    try {
      run()
    } finally {
      this.isShowing = false
    }
  }

  #select(transaction: Transaction, state: EditorState, origin: unknown): void {
    if (origin instanceof Y.UndoManager) {
      const places = origin.currStackItem?.meta.get(SELECTION) as NotedSelection | undefined
      if (places !== undefined && restoreSelection(transaction, places, this)) return void transaction.scrollIntoView()
    }
    keepSelection(transaction, state, this.selectionBefore, this)
    // A step forgets that the next letter is to be bold.
    if (state.storedMarks !== null) transaction.setStoredMarks(state.storedMarks)
  }

  /** The transaction made nodes of its own where it cut and joined; from now on those are the shown ones. */
  #rebind(drawn: Node, actual: Node): void {
    const pairs: [PartKey, Node][] = []
    const collect = (one: Node, other: Node): void => {
      if (one === other) return
      const key = this.mapping.keyOf(one)
      if (key !== undefined) pairs.push([key, other])
      one.content.content.forEach((child, index) => collect(child, other.child(index)))
    }
    collect(drawn, actual)
    for (const [key, node] of pairs) this.mapping.set(key, node)
  }
}
