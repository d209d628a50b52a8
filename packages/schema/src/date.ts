import { Node } from '@tiptap/core'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    date: {
      /** Puts a day, as `2026-11-22`, in place of the selection. False for what is no day. */
      insertDate(day: string): ReturnType
    }
  }
}

/** Whether it is a day of the calendar, as `2026-11-22`. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
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

/** What stands for it where no language is known. */
export function dayText(date: unknown): string {
  return isDay(date) ? date : '?'
}
