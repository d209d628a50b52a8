import { Mark, markInputRule, markPasteRule } from '@tiptap/core'
import { isColour, type Colour } from './palette.ts'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    highlight: {
      /** Highlights the selection; without a colour as a marker pen does, in yellow. */
      setHighlight(colour?: Colour): ReturnType
      toggleHighlight(): ReturnType
      unsetHighlight(): ReturnType
    }
    textStyle: {
      setTextColour(colour: Colour): ReturnType
      unsetTextColour(): ReturnType
    }
  }
}

/** A colour of the palette, or null. What is none is not rendered, whichever way it got into the document. */
const colourAttribute = {
  default: null,
  parseHTML: (element: HTMLElement) => {
    const colour = element.getAttribute('data-color')
    return isColour(colour) ? colour : null
  },
  renderHTML: ({ color }: Record<string, unknown>) => (isColour(color) ? { 'data-color': color } : {}),
}

/** Like a marker pen's. `color` null is the usual yellow. */
export const Highlight = Mark.create({
  name: 'highlight',

  addAttributes() {
    return { color: colourAttribute }
  },

  parseHTML() {
    return [{ tag: 'mark' }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['mark', HTMLAttributes, 0]
  },

  addCommands() {
    return {
      setHighlight:
        (color) =>
        ({ commands }) =>
          commands.setMark(this.name, { color: color ?? null }),
      toggleHighlight:
        () =>
        ({ commands }) =>
          commands.toggleMark(this.name),
      unsetHighlight:
        () =>
        ({ commands }) =>
          commands.unsetMark(this.name),
    }
  },

  addKeyboardShortcuts() {
    return { 'Mod-Shift-h': () => this.editor.commands.toggleHighlight() }
  },

  addInputRules() {
    return [markInputRule({ find: /(?:^|\s)(==(?!\s+==)([^=]+)==(?!\s+==))$/, type: this.type })]
  },

  addPasteRules() {
    return [markPasteRule({ find: /(?:^|\s)(==(?!\s+==)([^=]+)==(?!\s+==))/g, type: this.type })]
  },
})

/** The colour of the letters. */
export const TextColour = Mark.create({
  name: 'textStyle',

  addAttributes() {
    return { color: colourAttribute }
  },

  parseHTML() {
    return [{ tag: 'span[data-color]', getAttrs: (element) => isColour(element.getAttribute('data-color')) && null }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['span', HTMLAttributes, 0]
  },

  addCommands() {
    return {
      setTextColour:
        (color) =>
        ({ commands }) =>
          commands.setMark(this.name, { color }),
      unsetTextColour:
        () =>
        ({ commands }) =>
          commands.unsetMark(this.name),
    }
  },
})
