import { Node } from '@tiptap/core'

/** Whom or what a mention leads to. Never removed from. */
export const MENTIONED = ['person', 'document'] as const

export type MentionAttributes = {
  readonly kind: (typeof MENTIONED)[number]
  readonly id: string
  /** The name or title when it was written; what is shown where it cannot be looked up. */
  readonly label: string
}

const LONGEST_LABEL = 200

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    mention: {
      insertMention(attributes: MentionAttributes): ReturnType
    }
  }
}

/** The attributes, whatever an update brought; undefined when they lead nowhere. */
export function mentionOf(attrs: Readonly<Record<string, unknown>>): MentionAttributes | undefined {
  const { kind, id } = attrs
  const isKnown = MENTIONED.includes(kind as MentionAttributes['kind'])
  if (!isKnown || typeof id !== 'string' || !/^[\w-]{1,100}$/.test(id)) return undefined
  return { kind: kind as MentionAttributes['kind'], id, label: labelOf(attrs) }
}

/** `@Ana`, or a document's title. */
export function mentionText(attrs: Readonly<Record<string, unknown>>): string {
  return attrs['kind'] === 'document' ? labelOf(attrs) : `@${labelOf(attrs)}`
}

function labelOf({ label }: Readonly<Record<string, unknown>>): string {
  return typeof label === 'string' ? label.slice(0, LONGEST_LABEL) : ''
}

function data(name: string) {
  return {
    default: null,
    parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name}`),
    rendered: false,
  }
}

/** `@`: a person of this workspace, or a document, which it links to. */
export const Mention = Node.create({
  name: 'mention',
  group: 'inline',
  inline: true,
  atom: true,

  addAttributes() {
    return { id: data('id'), label: data('label'), kind: data('kind') }
  },

  parseHTML() {
    return [{ tag: '[data-type="mention"]', priority: 60 }] // before links, as which documents are rendered
  },

  renderHTML({ node }) {
    const mention = mentionOf(node.attrs)
    if (mention === undefined) return ['span', mentionText(node.attrs)]
    const { kind, id, label } = mention
    const attributes = { 'data-type': 'mention', 'data-kind': kind, 'data-id': id, 'data-label': label }
    if (kind === 'person') return ['span', attributes, mentionText(mention)]
    return ['a', { ...attributes, href: `/d/${id}` }, mentionText(mention)]
  },

  renderText({ node }) {
    return mentionText(node.attrs)
  },

  addCommands() {
    return {
      insertMention:
        (attributes) =>
        ({ chain }) =>
          chain()
            .insertContent([
              { type: this.name, attrs: { ...attributes } },
              { type: 'text', text: ' ' },
            ])
            .run(),
    }
  },
})
