import { Extension } from '@tiptap/core'
import { Fragment, Slice, type Mark, type Node, type Schema } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'

/** Of a value as JSON, in UTF-16 units: in UTF-8 within LIMITS.valueBytes, beyond which a node refuses an edit. */
const LONGEST_VALUE = 2_600
/** Leaves room under LIMITS.updateDepth for where it is pasted. */
const DEEPEST_PASTE = 40

/**
 * What is pasted or dropped comes from anywhere, and one title too long or one quote too deep would get the whole edit
 * refused: such attributes are left out, such nesting comes as plain paragraphs. Text is kept in any case.
 */
export const BoundedPaste = Extension.create({
  name: 'boundedPaste',

  addProseMirrorPlugins() {
    return [new Plugin({ props: { transformPasted: (slice, view) => bounded(slice, view.state.schema) } })]
  },
})

function bounded(slice: Slice, schema: Schema): Slice {
  if (depthOf(slice.content) > DEEPEST_PASTE) return asParagraphs(slice, schema)
  return new Slice(shortened(slice.content), slice.openStart, slice.openEnd)
}

function depthOf(content: Fragment): number {
  let depth = 0
  content.forEach((node) => (depth = Math.max(depth, 1 + depthOf(node.content))))
  return depth
}

function asParagraphs({ content }: Slice, schema: Schema): Slice {
  const lines = content.textBetween(0, content.size, '\n').split('\n')
  const paragraphs = lines.map((line) => schema.node('paragraph', null, line === '' ? [] : [schema.text(line)]))
  return new Slice(Fragment.from(paragraphs), 0, 0)
}

function shortened(content: Fragment): Fragment {
  const nodes: Node[] = []
  content.forEach((node) => {
    const marks = node.marks.filter(isShort)
    if (node.isText) nodes.push(node.mark(marks))
    else nodes.push(node.type.create(withoutLong(node), shortened(node.content), marks))
  })
  return Fragment.from(nodes)
}

/** All attributes of a mark are one value. */
function isShort({ attrs }: Mark): boolean {
  return !isLong(attrs)
}

/** What is left out of a node's attributes is what it would have been without them. */
function withoutLong({ attrs }: Node): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attrs).filter(([, value]) => !isLong(value)))
}

function isLong(value: unknown): boolean {
  return JSON.stringify(value).length > LONGEST_VALUE
}
