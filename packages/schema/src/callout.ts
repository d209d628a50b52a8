import { InputRule, Node } from '@tiptap/core'
import { findWrapping } from '@tiptap/pm/transform'
import { CALLOUT_KINDS, calloutKind, type CalloutKind } from './palette.ts'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    callout: {
      /** Wraps the selected blocks in a callout, or, inside one, changes its kind. */
      setCallout(kind: CalloutKind): ReturnType
      /** Takes the blocks out of the callout they are in. */
      unsetCallout(): ReturnType
    }
  }
}

/** A coloured box around blocks that says why to look here: a note, a tip, a warning, a danger. */
export const Callout = Node.create({
  name: 'callout',
  group: 'block',
  content: 'block+',
  defining: true,

  addAttributes() {
    return {
      kind: {
        default: 'note',
        parseHTML: (element) => calloutKind(element.getAttribute('data-kind')),
        renderHTML: ({ kind }) => ({ 'data-kind': calloutKind(kind) }),
      },
    }
  },

  parseHTML() {
    return [{ tag: 'div[data-type="callout"]' }]
  },

  renderHTML({ HTMLAttributes }) {
    return ['div', { ...HTMLAttributes, 'data-type': 'callout' }, 0]
  },

  addCommands() {
    return {
      setCallout:
        (kind) =>
        ({ commands, editor }) =>
          editor.isActive(this.name)
            ? commands.updateAttributes(this.name, { kind })
            : commands.wrapIn(this.name, { kind }),
      unsetCallout:
        () =>
        ({ commands }) =>
          commands.lift(this.name),
    }
  },

  addKeyboardShortcuts() {
    return {
      // At the start of a callout's first line: out of it, as in a quote.
      Backspace: () => {
        const { empty, $from } = this.editor.state.selection
        const isFirst = $from.depth >= 2 && $from.index(-1) === 0
        if (!empty || $from.parentOffset > 0 || !isFirst || $from.node(-1).type !== this.type) return false
        return this.editor.commands.unsetCallout()
      },
    }
  },

  /** `:::`, or `:::tip` and so on, and a space. */
  addInputRules() {
    return [
      new InputRule({
        find: new RegExp(`^:::(${CALLOUT_KINDS.join('|')})?\\s$`),
        handler: ({ state: { tr }, range, match }) => {
          const $start = tr.delete(range.from, range.to).doc.resolve(range.from)
          const blocks = $start.blockRange()
          const wrapping = blocks && findWrapping(blocks, this.type, { kind: calloutKind(match[1]) })
          if (blocks && wrapping) tr.wrap(blocks, wrapping)
        },
      }),
    ]
  },
})
