import { Fragment } from '@tiptap/pm/model'
import { EditorState, type Transaction } from '@tiptap/pm/state'
import { expect, test } from 'vitest'
import type * as Y from 'yjs'
import { documentOf, element, openPage } from '../test/pages.ts'
import { PlainPage } from '../test/plain-page.ts'
import { schema } from '../test/schemas.ts'
import { ySyncPluginKey } from './plugin-keys.ts'

test('when idle the page looks, in slices, and is content', () => {
  const page = new PlainPage(
    documentOf(...Array.from({ length: 1_000 }, (_, index) => element('paragraph', {}, `line ${index}`))),
  )
  expect(page.idle()).toBeGreaterThan(4)
  expect(page.told).toEqual([])
  expect(page.state.doc.childCount).toBe(1_000)
})

test('a view that shows something else is drawn anew and the owner is told; nothing is written', () => {
  const doc = documentOf(element('paragraph', {}, 'stored'), element('paragraph', {}, 'too'))
  const page = new PlainPage(doc)
  const written: unknown[] = []
  doc.on('update', (update) => written.push(update))
  const { binding } = ySyncPluginKey.getState(page.state)!
  // As if a defect had drawn it: the binding believes that this is what is stored.
  const wrong = page.state.doc.copy(
    Fragment.from([schema.node('paragraph', null, [schema.text('wrong')]), page.state.doc.child(1)]),
  )
  page.state = EditorState.create({ doc: wrong, plugins: page.state.plugins })
  binding.mapping.set(binding.type, wrong)
  page.idle()
  expect(page.told).toEqual(['differs'])
  expect(page.state.doc.textContent).toBe('storedtoo')
  expect(written).toEqual([])
})

test('a change while it looks makes it begin again later; a closed page looks no more', () => {
  const doc = documentOf(...Array.from({ length: 500 }, () => element('paragraph', {}, 'line')))
  const page = new PlainPage(doc)
  page.waiting.shift()!()
  ;((doc.getXmlFragment('body').get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(0, 'x')
  expect(page.waiting).toHaveLength(1)
  page.idle()
  expect(page.told).toEqual([])
  page.close()
  doc.getXmlFragment('body').delete(0, 1)
  expect(page.waiting).toHaveLength(0)
})

test('a plugin that throws whatever is done has the view behind, and then nothing is written from it', () => {
  const [ann, bob] = [openPage(documentOf(element('paragraph', {}, 'one'))), openPage()]
  bob.receive(ann)
  const dispatch = bob.dispatch.bind(bob)
  const fail = (): never => {
    throw new RangeError('always')
  }
  Object.assign(bob, { dispatch: fail })
  ann.dispatch(ann.state.tr.insertText(' two', 4))
  expect(() => bob.receive(ann)).toThrow('always')
  Object.assign(bob, { dispatch })
  expect(bob.state.doc.textContent).toBe('one')
  bob.dispatch(bob.state.tr.insertText('zero ', 1))
  expect(bob.state.doc.textContent).toBe('one two') // what was typed is lost at once, and said
  bob.dispatch(bob.state.tr.insertText('zero ', 1))
  ann.receive(bob)
  expect(ann.state.doc.textContent).toBe('zero one two')
})

test('a plugin that throws at what others wrote does not keep it from the view, and the next edit writes nothing else', () => {
  const [ann, bob] = [openPage(documentOf(element('paragraph', {}, 'one'))), openPage()]
  bob.receive(ann)
  const dispatch = bob.dispatch.bind(bob)
  let isFirst = true
  Object.assign(bob, {
    dispatch: (transaction: Transaction) => {
      if (!isFirst) return dispatch(transaction)
      isFirst = false
      throw new RangeError('Position NaN out of range')
    },
  })
  ann.dispatch(ann.state.tr.insertText(' two', 4))
  bob.receive(ann)
  expect([isFirst, bob.state.doc.textContent]).toEqual([false, 'one two'])
  bob.dispatch(bob.state.tr.insertText('zero ', 1))
  ann.receive(bob)
  expect(ann.state.doc.textContent).toBe('zero one two')
})
