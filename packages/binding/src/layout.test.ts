import { type Node, Schema } from '@tiptap/pm/model'
import { expect, test } from 'vitest'
import { prosemirrorToYXmlFragment } from 'y-prosemirror'
import * as Y from 'yjs'
import { PlainPage } from '../test/plain-page.ts'
import { schema } from '../test/schemas.ts'

const { bold, link } = schema.marks
const cell = (text: string) =>
  schema.node('tableCell', { colspan: 2 }, [schema.node('paragraph', null, [schema.text(text)])])
const documents: readonly (readonly [string, Node])[] = [
  [
    'marks, a line break, a picture, a table, a list that begins at 3',
    schema.node('doc', null, [
      schema.node('heading', { level: 2 }, [schema.text('title')]),
      schema.node('paragraph', null, [
        schema.text('plain '),
        schema.text('both', [bold!.create(), link!.create({ href: '/x' })]),
        schema.node('hardBreak'),
        schema.text('after'),
      ]),
      schema.node('image', { src: '/y', alt: 'z' }),
      schema.node('table', null, [schema.node('tableRow', null, [cell('a'), cell('b')])]),
      schema.node('orderedList', { start: 3 }, [schema.node('listItem', null, [schema.node('paragraph')])]),
    ]),
  ],
  ['marks that overlap themselves', overlapping()],
]

function overlapping(): Node {
  const commented = new Schema({
    nodes: { doc: { content: 'paragraph+' }, paragraph: { content: 'text*' }, text: {} },
    marks: { comment: { attrs: { thread: {} }, excludes: '' } },
  })
  const comment = (thread: number) => commented.marks.comment.create({ thread })
  return commented.node('doc', null, [
    commented.node('paragraph', null, [
      commented.text('one', [comment(1)]),
      commented.text('both', [comment(1), comment(2)]),
    ]),
  ])
}

test.each(documents)('what y-prosemirror stored is shown as it was: %s', (_what, node) => {
  const doc = new Y.Doc()
  prosemirrorToYXmlFragment(node, doc.getXmlFragment('body'))
  const page = new PlainPage(doc, node.type.schema)
  expect(page.state.doc.toJSON()).toEqual(node.toJSON())
})

test.each(documents)('what is written here is what y-prosemirror would store: %s', (_what, node) => {
  const [theirs, ours] = [new Y.Doc(), new Y.Doc()]
  prosemirrorToYXmlFragment(node, theirs.getXmlFragment('body'))
  const page = new PlainPage(ours, node.type.schema)
  page.dispatch(page.state.tr.replaceWith(0, page.state.doc.content.size, node.content))
  expect(stored(ours.getXmlFragment('body'))).toEqual(stored(theirs.getXmlFragment('body')))
})

/** Names, attributes, and texts with their formats. */
function stored(type: Y.XmlFragment | Y.XmlElement | Y.XmlText | Y.XmlHook): unknown {
  if (type instanceof Y.XmlText) return type.toDelta()
  if (!(type instanceof Y.XmlFragment)) return 'a hook'
  const inside = type.toArray().map(stored)
  return type instanceof Y.XmlElement
    ? { name: type.nodeName, attributes: type.getAttributes() as unknown, inside }
    : inside
}
