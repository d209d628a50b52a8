import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'

/** A transaction's meta: where the block stands that is lit up from now on, or null for none. */
export const linkedBlockKey = new PluginKey<DecorationSet>('linkedBlock')

/** The block that a link led to, lit up for a moment. */
export const LinkedBlock = Extension.create({
  name: 'linkedBlock',

  addProseMirrorPlugins() {
    return [
      new Plugin<DecorationSet>({
        key: linkedBlockKey,
        state: {
          init: () => DecorationSet.empty,
          apply(transaction, value) {
            const at = transaction.getMeta(linkedBlockKey) as number | null | undefined
            if (at === undefined) return value.map(transaction.mapping, transaction.doc)
            const node = at === null ? null : transaction.doc.nodeAt(at)
            if (at === null || node === null) return DecorationSet.empty
            return DecorationSet.create(transaction.doc, [
              Decoration.node(at, at + node.nodeSize, { class: 'linked-block' }),
            ])
          },
        },
        props: { decorations: (state) => linkedBlockKey.getState(state) },
      }),
    ]
  },
})
