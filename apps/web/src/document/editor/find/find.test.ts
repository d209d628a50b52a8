// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { afterEach, expect, test } from 'vitest'
import { MOST_MATCHES, Find, closeFind, find, findingOf, replaceAll, replaceCurrent, step } from './find.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(content: string): Editor {
  Element.prototype.scrollIntoView ??= () => undefined // jsdom has no layout
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({ element, content, extensions: [...documentExtensions(), Find] })
  editors.push(editor)
  return editor
}

const current = (editor: Editor) => {
  const { matches, current: index } = findingOf(editor.state)
  return [index, matches.length]
}
const anyCase = { matchCase: false }

test('finds in every kind of block, across marks, in any case unless asked, and marks what it found', () => {
  const editor = open('<h1>The cat</h1><table><tr><td>a <b>ca</b>t</td></tr></table><pre><code>CAT()</code></pre>')
  find(editor, 'cat', anyCase)
  expect(current(editor)).toEqual([0, 3])
  expect(editor.view.dom.querySelector('.found-current')?.textContent).toBe('cat')
  find(editor, 'CAT', { matchCase: true })
  expect(current(editor)).toEqual([0, 1])
  find(editor, 'c.t', anyCase)
  expect(current(editor)).toEqual([-1, 0])
})

test('steps around the ends, from the caret on', () => {
  const editor = open('<p>x</p><p>x</p><p>x</p>')
  editor.commands.setTextSelection(4)
  find(editor, 'x', anyCase)
  expect(current(editor)).toEqual([1, 3])
  step(editor, 1)
  step(editor, 1)
  expect(current(editor)).toEqual([0, 3])
  step(editor, -1)
  expect(current(editor)).toEqual([2, 3])
})

test('replaces one and goes on, then all, with the marks that were there', () => {
  const editor = open('<p>one <b>one</b> one</p>')
  editor.commands.setTextSelection(1)
  find(editor, 'one', anyCase)
  replaceCurrent(editor, 'two')
  expect(current(editor)).toEqual([0, 2])
  expect(replaceAll(editor, 'one and one')).toBe(2)
  expect(editor.getHTML()).toBe('<p>two <strong>one and one</strong> one and one</p>')
  expect(replaceAll(editor, '')).toBe(4)
  expect(editor.getText()).toBe('two  and   and ')
})

test('follows what is written, and goes when it is closed, with what was found selected', () => {
  const editor = open('<p>ab</p>')
  find(editor, 'b', anyCase)
  editor.commands.insertContentAt(1, 'b')
  expect(current(editor)).toEqual([1, 2])
  closeFind(editor)
  expect(current(editor)).toEqual([-1, 0])
  expect(editor.view.dom.querySelector('.found')).toBeNull()
  expect(editor.state.doc.textBetween(editor.state.selection.from, editor.state.selection.to)).toBe('b')
})

test('a letter that is everywhere is counted up to a limit, and a reader replaces nothing', () => {
  const editor = open(`<p>${'a'.repeat(3 * MOST_MATCHES)}</p>`)
  find(editor, 'a', anyCase)
  expect(findingOf(editor.state).matches).toHaveLength(MOST_MATCHES)
  editor.setEditable(false)
  expect(replaceAll(editor, 'b')).toBe(0)
  replaceCurrent(editor, 'b')
  expect(editor.getText()).not.toContain('b')
})
