import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'

/** From here on drawing only what is near the screen is worth its price (see `.prose-long`). */
const LONG_BLOCKS = 300

/** Marks a long document, for the style sheet. */
export const LongDocument = Extension.create({
  name: 'longDocument',

  addProseMirrorPlugins() {
    return [
      new Plugin({
        key: new PluginKey('longDocument'),
        props: {
          attributes: ({ doc }): Record<string, string> =>
            doc.childCount >= LONG_BLOCKS ? { class: 'prose-long' } : {},
        },
      }),
    ]
  },
})
