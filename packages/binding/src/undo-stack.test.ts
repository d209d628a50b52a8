import type { EditorView } from '@tiptap/pm/view'
import { expect, test, vi } from 'vitest'
import { documentOf, element } from '../test/pages.ts'
import { PlainPage } from '../test/plain-page.ts'
import { undoManagerOf } from './undo-stack.ts'
import { redo, undo } from './undo-plugin.ts'

test('an editor that is made anew undoes what was done in the one before, and puts the caret there', () => {
  const doc = documentOf(element('paragraph', {}, 'one'), element('paragraph', {}, 'two'))
  const before = new PlainPage(doc)
  before.type(4, ' more')
  before.close()
  const page = new PlainPage(doc)
  page.type(13, '!') // another step: the editor between was closed
  expect(undo(page.state)).toBe(true)
  expect(page.state.doc.textContent).toBe('one moretwo')
  expect(undo(page.state)).toBe(true)
  expect(page.state.doc.textContent).toBe('onetwo')
  expect(page.state.selection.head).toBe(4)
  expect(undo(page.state)).toBe(false)
  expect(redo(page.state)).toBe(true)
  expect(page.state.doc.textContent).toBe('one moretwo')
})

test('what others wrote, and what is marked as nobody’s to undo, is not undone', () => {
  const doc = documentOf(element('paragraph', {}, 'one'))
  const page = new PlainPage(doc)
  doc.transact(() => doc.getXmlFragment('body').push([element('paragraph', {}, 'theirs')]), 'remote')
  page.dispatch(page.state.tr.insertText('nobody’s ', 1).setMeta('addToHistory', false))
  expect(undoManagerOf(doc.getXmlFragment('body')).canUndo()).toBe(false)
  expect(undo(page.state)).toBe(false)
})

test('the undo manager belongs to the fragment', () => {
  const doc = documentOf(element('paragraph', {}, 'one'))
  const fragment = doc.getXmlFragment('body')
  expect(undoManagerOf(fragment)).toBe(undoManagerOf(fragment))
  expect(undoManagerOf(documentOf().getXmlFragment('body'))).not.toBe(undoManagerOf(fragment))
})

test('who types without a pause takes back seconds of it at once, not minutes; a line at most', () => {
  vi.useFakeTimers()
  try {
    const page = new PlainPage(documentOf(element('paragraph', {})))
    for (const letter of 'x'.repeat(100)) {
      page.dispatch(page.state.tr.insertText(letter, page.state.doc.content.size - 1))
      vi.advanceTimersByTime(100)
    }
    undo(page.state)
    expect(page.state.doc.textContent.length).toBeGreaterThan(60)
    expect(page.state.doc.textContent.length).toBeLessThan(100)
    const { length } = page.state.doc.textContent
    page.dispatch(page.state.tr.insertText('a', page.state.doc.content.size - 1))
    for (const { props } of page.state.plugins)
      props.handleKeyDown?.call({} as never, page as unknown as EditorView, { key: 'Enter' } as KeyboardEvent)
    page.dispatch(page.state.tr.insertText('b', page.state.doc.content.size - 1))
    undo(page.state)
    expect(page.state.doc.textContent).toBe(`${'x'.repeat(length)}a`)
  } finally {
    vi.useRealTimers()
  }
})
