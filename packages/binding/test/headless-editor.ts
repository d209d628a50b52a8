import { Schema } from '@tiptap/pm/model'
import { EditorState, type Plugin, type PluginView, type Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import {
  defaultDeleteFilter,
  defaultProtectedNodes,
  yXmlFragmentToProsemirrorJSON,
  ySyncPlugin,
  ySyncPluginKey,
  yUndoPlugin,
} from 'y-prosemirror'
import * as Y from 'yjs'

/** Names and shapes of Tiptap's nodes, as far as the fuzz uses them. */
export const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { group: 'block', content: 'inline*' },
    heading: { group: 'block', content: 'inline*', attrs: { level: { default: 1 } } },
    blockquote: { group: 'block', content: 'block+' },
    bulletList: { group: 'block', content: 'listItem+' },
    listItem: { content: 'paragraph block*' },
    text: { group: 'inline' },
  },
  marks: { bold: {}, italic: {}, link: { attrs: { href: {} }, inclusive: false } },
})

/**
 * One person's editor without a DOM: the state, the binding's plugins and their views, and what the binding asks of
 * an EditorView (state, dispatch, hasFocus). Undo groups end only at `stopCapturing`, so a run depends on nothing but its seed.
 */
export class HeadlessEditor {
  state: EditorState
  readonly doc = new Y.Doc()
  readonly fragment: Y.XmlFragment
  readonly undoManager: Y.UndoManager
  #views: PluginView[] = []

  constructor(clientId: number) {
    this.doc.clientID = clientId
    this.fragment = this.doc.getXmlFragment('body')
    this.undoManager = new Y.UndoManager(this.fragment, {
      trackedOrigins: new Set([ySyncPluginKey]),
      deleteFilter: (item) => defaultDeleteFilter(item, defaultProtectedNodes),
      captureTimeout: Number.MAX_SAFE_INTEGER,
    })
    const plugins = [ySyncPlugin(this.fragment) as Plugin, yUndoPlugin({ undoManager: this.undoManager })]
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

  hasFocus(): boolean {
    return false
  }

  /** Receives everything the other has; true if anything was new. */
  receive(other: HeadlessEditor): void {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(this.doc)), 'remote')
  }

  /** What the Y.Doc says, independent of what the editor shows. */
  stored(): unknown {
    return yXmlFragmentToProsemirrorJSON(this.fragment)
  }
}
