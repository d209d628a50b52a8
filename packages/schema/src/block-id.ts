import { Extension } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin, type EditorState, type Transaction } from '@tiptap/pm/state'
import { isLocalEdit } from './local-edits.ts'

/** The blocks that a link can lead to; nodes that only exist within others are not among them. */
export const LINKED_BLOCKS: readonly string[] = [
  'paragraph',
  'heading',
  'blockquote',
  'bulletList',
  'orderedList',
  'taskList',
  'listItem',
  'taskItem',
  'codeBlock',
  'callout',
  'details',
  'blockMath',
  'horizontalRule',
  'image',
  'file',
  'table',
  'columns',
]

/** Whether it is a name as they are made; from the wire comes anything. */
export function isBlockId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{4,40}$/.test(value)
}

/**
 * A name for a block, which it gets when somebody copies a link to it and keeps wherever it is moved and whatever it becomes. What an
 * edit makes of it (a copy, the second half) has none: only the one who edits sees to that, never who looks.
 */
export const BlockId = Extension.create({
  name: 'blockId',

  addGlobalAttributes() {
    return [
      {
        types: [...LINKED_BLOCKS],
        attributes: {
          blockId: {
            default: null,
            keepOnSplit: false,
            parseHTML: (element) => {
              const id = element.getAttribute('data-block-id')
              return isBlockId(id) ? id : null
            },
            renderHTML: ({ blockId }) => (isBlockId(blockId) ? { 'data-block-id': blockId } : {}),
          },
        },
      },
    ]
  },

  addProseMirrorPlugins() {
    return [new Plugin({ appendTransaction: (transactions, _before, after) => withoutTwins(transactions, after) })]
  },
})

function withoutTwins(transactions: readonly Transaction[], { doc, tr }: EditorState): Transaction | null {
  if (!transactions.some(isLocalEdit)) return null
  const inserted = namedWithin(doc, insertedRanges(transactions))
  if (inserted.size === 0) return null
  const names = new Set(inserted.values())
  const taken = new Set<unknown>()
  doc.descendants((node, at) => {
    if (names.has(node.attrs['blockId'] as string) && !inserted.has(at)) taken.add(node.attrs['blockId'])
    return !node.inlineContent
  })
  for (const [at, name] of inserted) {
    if (taken.has(name)) tr.setNodeAttribute(at, 'blockId', null)
    else taken.add(name)
  }
  return tr.docChanged ? tr : null
}

/** What begins in these ranges and has a name, by where it begins. */
function namedWithin(doc: Node, ranges: readonly (readonly [from: number, to: number])[]): Map<number, string> {
  const named = new Map<number, string>()
  for (const [from, to] of ranges) {
    doc.nodesBetween(Math.max(0, from), Math.min(to, doc.content.size), (node, at) => {
      if (at >= from && isBlockId(node.attrs['blockId'])) named.set(at, node.attrs['blockId'])
      return !node.inlineContent
    })
  }
  return named
}

function insertedRanges(transactions: readonly Transaction[]): (readonly [number, number])[] {
  const maps = transactions.flatMap(({ mapping }) => mapping.maps)
  return maps.flatMap((map, index) => {
    const ranges: (readonly [number, number])[] = []
    map.forEach((_oldFrom, _oldTo, from, to) => {
      const later = (position: number, side: number) =>
        maps.slice(index + 1).reduce((at, next) => next.map(at, side), position)
      if (to > from) ranges.push([later(from, -1), later(to, 1)])
    })
    return ranges
  })
}
