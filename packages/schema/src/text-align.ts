import { Extension } from '@tiptap/core'
import { isAlignment, type Alignment } from './palette.ts'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    textAlign: {
      /** Aligns every paragraph and heading of the selection. */
      setTextAlign(alignment: Alignment | 'left'): ReturnType
    }
  }
}

export const ALIGNED_NODES = ['heading', 'paragraph'] as const

export const TextAlign = Extension.create({
  name: 'textAlign',

  addGlobalAttributes() {
    return [
      {
        types: [...ALIGNED_NODES],
        attributes: {
          textAlign: {
            default: null,
            // Splitting a centred paragraph goes on centred; a list or code that it becomes is not.
            keepOnSplit: true,
            parseHTML: (element) => {
              const alignment = element.style.textAlign || element.getAttribute('align')
              return isAlignment(alignment) ? alignment : null
            },
            renderHTML: ({ textAlign }) => (isAlignment(textAlign) ? { 'data-align': textAlign } : {}),
          },
        },
      },
    ]
  },

  addCommands() {
    return {
      setTextAlign:
        (alignment) =>
        ({ commands }) => {
          const textAlign = alignment === 'left' ? null : alignment
          return ALIGNED_NODES.map((name) => commands.updateAttributes(name, { textAlign })).some(Boolean)
        },
    }
  },

  addKeyboardShortcuts() {
    return {
      'Mod-Shift-l': () => this.editor.commands.setTextAlign('left'),
      'Mod-Shift-e': () => this.editor.commands.setTextAlign('center'),
      'Mod-Shift-r': () => this.editor.commands.setTextAlign('right'),
    }
  },
})
