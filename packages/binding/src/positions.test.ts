import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { documentOf, element, openPage } from '../test/pages.ts'
import { ySyncPluginKey } from './plugin-keys.ts'
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition } from './positions.ts'

function bound(doc: Y.Doc) {
  const page = openPage(doc)
  const { binding } = ySyncPluginKey.getState(page.state)!
  return { page, doc: page.doc, type: binding.type, mapping: binding.mapping }
}

test('every position leads to a place and back, but for those within what only the schema demands', () => {
  const item = () => element('listItem', {}, element('paragraph', {}, 'item'))
  const { page, doc, type, mapping } = bound(
    documentOf(
      element('heading', { level: 1 }),
      element('paragraph', {}, 'a', element('hardBreak'), 'b', 'c'),
      element('bulletList', {}, item(), item()),
      element('kanban'),
      element('image', { src: '/x' }),
    ),
  )
  for (let position = 0; position <= page.state.doc.content.size; position += 1) {
    const place = absolutePositionToRelativePosition(position, type, mapping)
    const wire = Y.createRelativePositionFromJSON(JSON.parse(JSON.stringify(place)))
    expect(relativePositionToAbsolutePosition(doc, type, wire, mapping), String(position)).toBe(position)
  }
})

const NOTHING = { type: null, tname: null, item: null, assoc: 0 }

test('a place that names nothing, or a root that nobody has, is nowhere; the root is not made', () => {
  const { doc, type, mapping } = bound(documentOf(element('paragraph', {}, 'word')))
  for (const json of [
    NOTHING,
    { ...NOTHING, tname: 'other' },
    { ...NOTHING, tname: '__proto__' },
    { ...NOTHING, item: { client: 9, clock: 4 } },
    { ...NOTHING, type: { client: 1, clock: 99 } },
  ])
    expect(
      relativePositionToAbsolutePosition(doc, type, Y.createRelativePositionFromJSON(json), mapping),
      JSON.stringify(json),
    ).toBeNull()
  expect([...doc.share.keys()]).toEqual(['body'])
})

test('a place within what is not shown is before that', () => {
  const { page, doc, type, mapping } = bound(
    documentOf(element('paragraph', {}, 'x'), element('kanban', {}, element('card', {}, 'text'))),
  )
  const card = (page.fragment.get(1) as Y.XmlElement).get(0) as Y.XmlElement
  const place = Y.createRelativePositionFromTypeIndex(card.get(0), 2)
  expect(relativePositionToAbsolutePosition(doc, type, place, mapping)).toBe(3)
})
