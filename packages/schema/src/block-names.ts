import type { Node } from '@tiptap/pm/model'

/** A name that nothing else has. */
export function newBlockId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
}

/** Where the block of this name stands; undefined when there is none. */
export function findBlock(doc: Node, blockId: string): number | undefined {
  let found: number | undefined
  doc.descendants((node, at) => {
    if (found === undefined && node.attrs['blockId'] === blockId) found = at
    return found === undefined && !node.inlineContent
  })
  return found
}
