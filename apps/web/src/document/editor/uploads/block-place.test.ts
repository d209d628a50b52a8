import { getSchema } from '@tiptap/core'
import { documentExtensions } from '@tandem/schema'
import { Node } from '@tiptap/pm/model'
import { expect, test } from 'vitest'
import { blockPlace } from './block-place.ts'

const schema = getSchema(documentExtensions())
const paragraph = (text: string) => ({ type: 'paragraph', ...(text !== '' && { content: [{ type: 'text', text }] }) })
const docOf = (...content: object[]) => Node.fromJSON(schema, { type: 'doc', content })
const image = schema.nodes['image']!

/** Where the picture stands, as the types of the blocks around it say. */
function placed(doc: Node, position: number): string {
  const at = blockPlace(doc, position, image)
  if (at === undefined) return 'nowhere'
  const { node, $at } = { node: doc.resolve(at).parent, $at: doc.resolve(at) }
  return `${node.type.name} ${$at.index()}`
}

test.each([
  ['in a line of text: after it', [paragraph('abc'), paragraph('d')], 2, 'doc 1'],
  ['at the very end: after the last block', [paragraph('abc')], 5, 'doc 1'],
  ['in an empty line: before it', [paragraph(''), paragraph('d')], 1, 'doc 0'],
  ['in a callout: within it', [{ type: 'callout', content: [paragraph('abc')] }], 3, 'callout 1'],
  [
    'in the summary of a toggle: after the toggle',
    [
      {
        type: 'details',
        content: [
          { type: 'detailsSummary', content: [{ type: 'text', text: 'abc' }] },
          { type: 'detailsContent', content: [paragraph('d')] },
        ],
      },
    ],
    3,
    'doc 1',
  ],
  [
    'in an item: within it',
    [{ type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('abc')] }] }],
    4,
    'listItem 1',
  ],
  ['beyond the end', [paragraph('abc')], 999, 'doc 1'],
])('%s', (_name, content, position, expected) => {
  const doc = docOf(...content)
  expect(placed(doc, position)).toBe(expected)
  const at = blockPlace(doc, position, image) ?? 0
  doc.replace(at, at, Node.fromJSON(schema, { type: 'doc', content: [{ type: 'image' }] }).slice(0)).check()
})
