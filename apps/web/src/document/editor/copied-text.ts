import { writePlainText, type JsonNode } from '@tandem/schema/export'
import type { Editor } from '@tiptap/core'
import type { Slice } from '@tiptap/pm/model'

/** What is copied is also there as plain text, for programs that take nothing else. */
export function copyPlainText({ view }: Editor): void {
  // Not as a plugin: one that comes late begins all others anew, in the middle of what they do.
  view.setProps({ clipboardTextSerializer: plainTextOf })
}

/** Within one line its words; else blocks as in a text file, without the addresses of links and pictures. */
export function plainTextOf(slice: Slice): string {
  const { content, openStart, openEnd } = slice
  let [node, depth] = [content.childCount === 1 ? content.firstChild : null, 1]
  while (node && !node.isTextblock && node.childCount === 1) [node, depth] = [node.firstChild, depth + 1]
  const isWithinLine = node?.isTextblock === true && openStart >= depth && openEnd >= depth
  const copied: JsonNode = isWithinLine
    ? { type: 'doc', content: [{ type: 'paragraph', content: node?.content.toJSON() as JsonNode[] }] }
    : { type: 'doc', content: content.toJSON() as JsonNode[] }
  return writePlainText(withoutAddresses(copied)).trimEnd()
}

function withoutAddresses({ content, marks, ...node }: JsonNode): JsonNode {
  return {
    ...node,
    ...(node.type === 'image' && { attrs: { ...node.attrs, src: null } }),
    ...(marks && { marks: marks.filter(({ type }) => type !== 'link') }),
    ...(content && { content: content.map(withoutAddresses) }),
  }
}
