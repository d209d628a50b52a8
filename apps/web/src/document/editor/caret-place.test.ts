import { ySyncPlugin } from '@tandem/binding'
import { Schema } from '@tiptap/pm/model'
import { EditorState } from '@tiptap/pm/state'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { canBeDrawn } from './caret-place.ts'

const schema = new Schema({
  nodes: { doc: { content: 'paragraph*' }, paragraph: { content: 'text*', group: 'block' }, text: {} },
})

/** A text of one paragraph under client id 7: its clocks are 0 for the paragraph, 1 for its text, then the letters. */
function opened(): { doc: Y.Doc; state: EditorState } {
  const doc = new Y.Doc()
  doc.clientID = 7
  const [paragraph, text] = [new Y.XmlElement('paragraph'), new Y.XmlText('word')]
  paragraph.insert(0, [text])
  doc.getXmlFragment('body').insert(0, [paragraph])
  return { doc, state: EditorState.create({ schema, plugins: [ySyncPlugin(doc.getXmlFragment('body'))] }) }
}

const NOTHING = { type: null, tname: null, item: null, assoc: 0 }
const LETTER = { ...NOTHING, item: { client: 7, clock: 3 } }

test('a caret in a word, at its end, and at what has not come yet can be drawn', () => {
  const { state } = opened()
  for (const position of [
    LETTER,
    { ...NOTHING, type: { client: 7, clock: 1 } },
    { ...NOTHING, item: { client: 9, clock: 0 } },
  ])
    expect(canBeDrawn(state, { anchor: position, head: LETTER }), JSON.stringify(position)).toBe(true)
})

test('a caret that names nothing, or a root that nobody has, cannot; the root is not made', () => {
  const { doc, state } = opened()
  for (const position of [
    NOTHING,
    { ...NOTHING, tname: 'other' },
    { ...NOTHING, tname: '__proto__' },
    undefined,
    7,
    'x',
  ])
    for (const cursor of [
      { anchor: position, head: LETTER },
      { anchor: LETTER, head: position },
    ])
      expect(canBeDrawn(state, cursor), JSON.stringify(position)).toBe(false)
  expect(canBeDrawn(state, null)).toBe(false)
  expect([...doc.share.keys()]).toEqual(['body'])
})
