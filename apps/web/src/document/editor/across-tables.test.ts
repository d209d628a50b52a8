// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { type EditorState, TextSelection } from '@tiptap/pm/state'
import { fixTables } from '@tiptap/pm/tables'
import { afterEach, expect, test } from 'vitest'
import { AcrossTables, selectAcrossTables } from './across-tables.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

const row = (...cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
const lines = (...said: readonly string[]): string => said.map((line) => `<p>${line}</p>`).join('')

function editorOf(html: string): Editor {
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: documentExtensions(),
  })
  editors.push(editor)
  editor.commands.setContent(html)
  const stop = selectAcrossTables(editor)
  editor.on('destroy', stop)
  return editor
}

/** From before the one letter to behind the other. */
function select(editor: Editor, from: string, to: string): void {
  const { doc } = editor.state
  editor.view.dispatch(
    editor.state.tr.setSelection(TextSelection.create(doc, placeOf(editor, from), placeOf(editor, to) + 1)),
  )
}

function press({ view }: Editor, key: string, keyCode = 0): void {
  view.dom.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true }))
}

function placeOf({ state: { doc } }: Editor, letter: string): number {
  let found = -1
  doc.descendants((node, at) => {
    if (node.text?.includes(letter)) found = at + node.text.indexOf(letter)
  })
  return found
}

const saidBy = ({ state: { doc } }: Editor): string => doc.toString().replaceAll(/paragraph|table(?=[CR(])/g, '')

const TABLE = `<p>ab</p><table>${row('<p>cd</p>', '<p>ef</p>')}${row('<p>gh</p>', '<p>ij</p>')}</table><p>kl</p>`

test.each([
  [
    'from above into the first row',
    'b',
    'e',
    'doc(("a"), (Row(Cell(), Cell(("f"))), Row(Cell(("gh")), Cell(("ij")))), ("kl"))',
  ],
  [
    'from above into the last row',
    'b',
    'g',
    'doc(("a"), (Row(Cell(), Cell()), Row(Cell(("h")), Cell(("ij")))), ("kl"))',
  ],
  ['from above to its last letter', 'b', 'j', 'doc(("a"), ("kl"))'],
  ['from its first letter to below', 'c', 'k', 'doc(("ab"), ("l"))'],
  ['from its middle to below', 'f', 'k', 'doc(("ab"), (Row(Cell(("cd")), Cell(("e"))), Row(Cell(), Cell())), ("l"))'],
  ['from above to below', 'b', 'k', 'doc(("al"))'],
])('%s', (_, from, to, left) => {
  const editor = editorOf(TABLE)
  select(editor, from, to)
  editor.commands.keyboardShortcut('Backspace')
  expect(saidBy(editor)).toBe(left)
})

test('what is typed or pasted comes in where the selection began, and Enter makes a line there', () => {
  const typed = editorOf(TABLE)
  select(typed, 'f', 'k')
  typed.view.dispatch(typed.state.tr.insertText('X'))
  expect(saidBy(typed)).toContain('Cell(("eX"))')
  const pasted = editorOf(TABLE)
  select(pasted, 'b', 'e')
  pasted.view.dispatch(pasted.state.tr.replaceSelectionWith(pasted.schema.text('X'), true))
  expect(saidBy(pasted)).toContain('doc(("aX"), (Row(Cell(')
  const split = editorOf(TABLE)
  select(split, 'f', 'k')
  press(split, 'Enter')
  expect(saidBy(split)).toContain('Cell(("e"), )')
  const inList = editorOf(`<ul><li><p>ab</p></li></ul>${TABLE.slice('<p>ab</p>'.length)}`)
  select(inList, 'b', 'c')
  press(inList, 'Enter')
  expect(saidBy(inList)).toContain('bulletList(listItem(("a")), listItem())')
})

test('who may only read deletes nothing', () => {
  const editor = editorOf(TABLE)
  const before = saidBy(editor)
  select(editor, 'f', 'k')
  editor.setEditable(false)
  press(editor, 'Backspace')
  expect(saidBy(editor)).toBe(before)
})

test('before an input method begins only a caret is left; a phone, which calls every key the same, deletes by itself', () => {
  const editor = editorOf(TABLE)
  select(editor, 'b', 'e')
  press(editor, 'Unidentified', 229)
  expect(editor.state.selection.empty).toBe(false)
  press(editor, 'Process', 229)
  expect(editor.state.selection.empty).toBe(true)
  expect(saidBy(editor)).toContain('doc(("a"), (Row(Cell(')
})

/** Two tables, one of them with joined cells and a list, in and beside other blocks. */
const MANY =
  `<ul><li><p>ab</p></li><li><p>cd</p></li></ul><blockquote>${lines('ef')}` +
  `<table>${row('<p>gh</p><p>ij</p>', '<p>kl</p>')}<tr><td colspan="2"><p>mn</p></td></tr></table></blockquote>` +
  `<p></p><hr><table>${row('<ul><li><p>op</p></li></ul>', '<p></p>')}${row('<p>qr</p>', '<p>st</p>')}</table>` +
  `<div data-type="columns"><div data-type="column"><p>uv</p></div><div data-type="column"><p>wx</p></div></div><p>yz</p>`

test('whatever is selected: its letters go, all others stay in order, rows keep their cells, and a letter comes in between', () => {
  const editor = editorOf(MANY)
  const { state: opened } = editor
  const size = opened.doc.content.size
  let looked = 0
  for (let from = 1; from < size; from += 1)
    for (let to = from + 1; to < size; to += 1) {
      if (!opened.doc.resolve(from).parent.isTextblock || !opened.doc.resolve(to).parent.isTextblock) continue
      const selected = opened.apply(opened.tr.setSelection(TextSelection.create(opened.doc, from, to)))
      const across = AcrossTables.of(selected)
      if (across === undefined) continue
      looked += 1
      const state = selected.apply(selected.tr.setSelection(across))
      const [before, behind] = [lettersOf(opened, 0, from), lettersOf(opened, to, size)]
      const where = `${before}|${behind} at ${from} to ${to}`
      const deleted = state.tr.deleteSelection()
      expect(() => deleted.doc.check(), where).not.toThrow()
      expect(deleted.doc.textBetween(0, deleted.doc.content.size), where).toBe(before + behind)
      expect(fixTables(state.apply(deleted))?.docChanged ?? false, where).toBe(false)
      expect(deleted.selection.empty, where).toBe(true)
      const typed = state.tr.insertText('X').doc
      expect(typed.textBetween(0, typed.content.size), where).toBe(`${before}X${behind}`)
    }
  expect(looked).toBeGreaterThan(300)
})

function lettersOf({ doc }: EditorState, from: number, to: number): string {
  return doc.textBetween(from, to)
}
