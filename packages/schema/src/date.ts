import { Node } from '@tiptap/core'
import { dayText, isDay } from './day.ts'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    date: {
      /** Puts a day, as `2026-11-22`, in place of the selection. False for what is no day. */
      insertDate(day: string): ReturnType
    }
  }
}

/** A day, which everybody sees as their own language writes it. */
export const DateNode = Node.create({
  name: 'date',
  group: 'inline',
  inline: true,
  atom: true,

  addAttributes() {
    return {
      date: {
        default: null,
        parseHTML: (element) => element.getAttribute('datetime'),
        renderHTML: ({ date }) => (isDay(date) ? { datetime: date } : {}),
      },
    }
  },

  parseHTML() {
    return [{ tag: 'time[datetime]', getAttrs: (element) => isDay(element.getAttribute('datetime')) && null }]
  },

  renderHTML({ node, HTMLAttributes }) {
    return ['time', HTMLAttributes, dayText(node.attrs['date'])]
  },

  renderText({ node }) {
    return dayText(node.attrs['date'])
  },

  addCommands() {
    return {
      insertDate:
        (date) =>
        ({ chain }) =>
          isDay(date) &&
          chain()
            .insertContent([
              { type: this.name, attrs: { date } },
              { type: 'text', text: ' ' },
            ])
            .run(),
    }
  },
})
