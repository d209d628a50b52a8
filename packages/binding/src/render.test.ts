import type { Node } from '@tiptap/pm/model'
import { expect, test } from 'vitest'
import type * as Y from 'yjs'
import { documentOf, element } from '../test/pages.ts'
import { schema } from '../test/schemas.ts'
import { Renderer } from './render.ts'
import { ShownNodes } from './shown-nodes.ts'
import { Touched } from './touched.ts'
import type { YType } from './y-tree.ts'

function shownIn(doc: Y.Doc): { shown: ShownNodes; before: Node; again(changed: readonly YType[]): Node } {
  const fragment = doc.getXmlFragment('body')
  const shown = new ShownNodes()
  const before = new Renderer(schema, shown).document(fragment)
  return {
    shown,
    before,
    again: (changed) => new Renderer(schema, shown, { touched: new Touched(fragment, changed) }).document(fragment),
  }
}

/** What was written here is drawn again, to be checked: where it comes out equal nothing is to be dispatched, and no node made. */
test('what comes out equal keeps its node, however much of it is drawn again', () => {
  const doc = documentOf(
    element('bulletList', {}, element('listItem', {}, element('paragraph', {}, 'a'))),
    element('paragraph', {}, 'b'),
  )
  const fragment = doc.getXmlFragment('body')
  const { before, again } = shownIn(doc)
  const all = [fragment, ...fragment.createTreeWalker(() => true)] as YType[]
  expect(again(all)).toBe(before)
  expect(again([fragment])).toBe(before)
})

test('only what changed, and what it stands in, is another node', () => {
  const doc = documentOf(element('paragraph', {}, 'a'), element('blockquote', {}, element('paragraph', {}, 'b')))
  const { before, again } = shownIn(doc)
  const quoted = (doc.getXmlFragment('body').get(1) as Y.XmlElement).get(0) as Y.XmlElement
  const text = quoted.get(0) as Y.XmlText
  text.insert(1, '!')
  const after = again([text])
  expect(after.textContent).toBe('ab!')
  expect(after.child(0)).toBe(before.child(0))
  expect(after.child(1)).not.toBe(before.child(1))
})
