import { type AnyExtension, Mark, Node } from '@tiptap/core'
import type { NodeType, Node as ShownNode } from '@tiptap/pm/model'

/**
 * What stands in the editor for content that it cannot show: a node or mark of another version, a node whose inside the
 * schema does not allow, nesting past 64 levels. They carry a name to look the content up by, never the content: that stays
 * where it is in the Y.Doc and is not written to. They exist in the editor only; no document ever holds one.
 */
export const UNSUPPORTED_BLOCK = 'unsupportedBlock'
export const UNSUPPORTED_INLINE = 'unsupportedInline'
export const UNSUPPORTED_MARK = 'unsupportedMark'

const ID = 'data-unsupported'

const attributes = {
  /** The item in the Y.Doc, `client:clock`. */
  id: {
    default: '',
    parseHTML: (element: HTMLElement) => element.getAttribute(ID) ?? '',
    renderHTML: ({ id }: Record<string, unknown>) => ({ [ID]: id }),
  },
  /** What its author's editor calls it. */
  name: { default: '', parseHTML: () => '', renderHTML: () => ({}) },
  /** Its first words; of what is on the clipboard, all of them. */
  preview: {
    default: '',
    parseHTML: (element: HTMLElement) => (element.querySelector('.unsupported-preview') ?? element).textContent ?? '',
    renderHTML: () => ({}),
  },
}

const UnsupportedBlock = Node.create({
  name: UNSUPPORTED_BLOCK,
  group: 'block',
  atom: true,
  selectable: true,
  addAttributes: () => attributes,
  parseHTML: () => [{ tag: `div[${ID}]` }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'div',
    { ...HTMLAttributes, class: 'unsupported-block', role: 'group', 'aria-label': labelOf(node.attrs['name']) },
    ['span', { class: 'unsupported-label' }, labelOf(node.attrs['name'])],
    ['span', { class: 'unsupported-preview' }, String(node.attrs['preview'])],
  ],
  renderText: ({ node }) => String(node.attrs['preview']),
})

const UnsupportedInline = Node.create({
  name: UNSUPPORTED_INLINE,
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,
  addAttributes: () => attributes,
  parseHTML: () => [{ tag: `span[${ID}]` }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'span',
    { ...HTMLAttributes, class: 'unsupported-inline', title: labelOf(node.attrs['name']) },
    String(node.attrs['preview'] || node.attrs['name'] || '…'),
  ],
  renderText: ({ node }) => String(node.attrs['preview']),
})

/** Carries a format of the Y.Doc through splits, joins and changes of the block; looks like nothing. */
const UnsupportedMark = Mark.create({
  name: UNSUPPORTED_MARK,
  excludes: '',
  addAttributes: () => ({
    key: { default: '', rendered: false },
    value: { default: null, rendered: false },
  }),
  renderHTML: () => ['span', 0],
})

function labelOf(name: unknown): string {
  return name === '' ? 'Content this version cannot show' : `Content this version cannot show: ${String(name)}`
}

/** The nodes and the mark; how they go through the clipboard is a matter of the page's. */
export const UNSUPPORTED: readonly AnyExtension[] = [UnsupportedBlock, UnsupportedInline, UnsupportedMark]

export function isUnsupportedType({ name }: NodeType): boolean {
  return name === UNSUPPORTED_BLOCK || name === UNSUPPORTED_INLINE
}

export function isUnsupported(node: ShownNode): boolean {
  return isUnsupportedType(node.type)
}
