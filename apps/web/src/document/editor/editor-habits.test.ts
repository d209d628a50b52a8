// @vitest-environment jsdom
import { redo, undo, ySyncPlugin, yUndoPlugin } from '@tandem/binding'
import { documentExtensions } from '@tandem/schema'
import { Editor, Extension } from '@tiptap/core'
import { afterEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { InputRuleSteps } from './input-rule-steps.ts'
import { EditorKeys } from './editor-keys.ts'
import { TableRule } from './table-rule.ts'
import { CellListKeys, TabKey } from './tab-key.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(content: string): Editor {
  const fragment = new Y.Doc().getXmlFragment('x')
  const bound = Extension.create({ name: 'bound', addProseMirrorPlugins: () => [ySyncPlugin(fragment), yUndoPlugin()] })
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions(), bound, InputRuleSteps, TabKey, CellListKeys, TableRule, EditorKeys],
  })
  editor.commands.setContent(content)
  editors.push(editor)
  return editor
}

/** As the keyboard does, letter by letter. */
function type(editor: Editor, text: string): void {
  for (const letter of text) {
    const { from, to } = editor.state.selection
    const insert = () => editor.state.tr.insertText(letter, from, to)
    const isTaken = editor.view.someProp('handleTextInput', (handle) => handle(editor.view, from, to, letter, insert))
    if (isTaken !== true) editor.view.dispatch(insert())
  }
}

const press = (editor: Editor, key: string, held: KeyboardEventInit = {}) =>
  editor.view.someProp('handleKeyDown', (handle) =>
    handle(editor.view, new KeyboardEvent('keydown', { key, ...held, cancelable: true })),
  ) === true

test('signs that become something are a step of undo of their own', () => {
  const editor = open('<p></p>')
  type(editor, 'intro')
  editor.commands.splitBlock()
  type(editor, '# Head')
  expect(editor.getHTML()).toContain('<h1>Head</h1>')
  undo(editor.state)
  expect(editor.getHTML()).toContain('<h1></h1>')
  undo(editor.state)
  expect(editor.getHTML()).not.toContain('<h1>')
  expect(editor.getText({ blockSeparator: '|' })).toBe('intro|#')
  redo(editor.state)
  expect(editor.getHTML()).toContain('<h1></h1>')

  const bold = open('<p></p>')
  type(bold, 'a **b** c')
  undo(bold.state)
  expect(bold.getHTML()).toBe('<p>a <strong>b</strong></p>')
  undo(bold.state)
  expect(bold.getText()).toBe('a **b*')
})

test('what is typed behind a link is not part of it, within it is', () => {
  const editor = open('<p>go <a href="https://a.example/">there</a></p>')
  editor.commands.setTextSelection(9)
  type(editor, ' and on')
  expect(editor.getHTML()).toMatch(/<a [^>]*>there<\/a> and on<\/p>/)
  editor.commands.setTextSelection(6)
  type(editor, 'x')
  expect(editor.getText()).toBe('go thxere and on')
  expect(editor.getHTML()).toMatch(/<a [^>]*>thxere<\/a>/)
})

test('Tab stays in the text: in columns it goes to the next, else nothing happens', () => {
  const editor = open('<p>words</p><ul><li><p>a</p></li><li><p>b</p></li></ul>')
  editor.commands.setTextSelection(3)
  expect(press(editor, 'Tab')).toBe(true)
  expect(press(editor, 'Tab', { shiftKey: true })).toBe(true)
  expect(editor.getText({ blockSeparator: '|' })).toContain('words')
  editor.commands.setTextSelection(15)
  expect(editor.state.selection.$head.parent.textContent).toBe('b')
  expect(press(editor, 'Tab')).toBe(true)
  expect(editor.getHTML()).toMatch(/a<\/p><ul><li><p>b/)

  const columns = open(
    '<div data-type="columns"><div data-type="column"><p>one</p></div><div data-type="column"><p>two</p></div></div><p>x</p>',
  )
  columns.commands.setTextSelection(4)
  expect(columns.state.selection.$head.parent.textContent).toBe('one')
  press(columns, 'Tab')
  expect(columns.state.selection.$head.parent.textContent).toBe('two')
  expect(press(columns, 'Tab')).toBe(true)
  expect(columns.state.selection.$head.parent.textContent).toBe('two')
  press(columns, 'Tab', { shiftKey: true })
  expect(columns.state.selection.$head.parent.textContent).toBe('one')
})

/** The caret before or behind this text, or from the beginning of one to the end of another. */
function select(editor: Editor, from: string, to: 'before' | 'behind' | { end: string }): void {
  const at = new Map<string, number>()
  editor.state.doc.descendants((node, position) => void (node.text !== undefined && at.set(node.text, position)))
  const [start, end] = [at.get(from)!, at.get(from)! + from.length]
  const until = typeof to === 'object' ? at.get(to.end)! + to.end.length : start
  editor.commands.setTextSelection(to === 'behind' ? end : { from: start, to: until })
}

const inTable = (list: string) => `<table><tr><td><p>before</p></td><td>${list}</td><td><p>after</p></td></tr></table>`
const ITEMS = '<ul><li><p>one</p></li><li><p>two</p></li><li><p>three</p></li></ul>'
const caretIn = ({ state }: Editor) => state.selection.$head.parent.textContent

test('Tab in a list in a cell indents at the beginning of an item, if it can be; else it goes from cell to cell', () => {
  const back = { shiftKey: true }
  const editor = open(inTable(ITEMS))
  const before = editor.getHTML()
  select(editor, 'two', 'before')
  press(editor, 'Tab')
  expect(editor.getHTML()).toContain('one</p><ul><li><p>two')
  expect(caretIn(editor)).toBe('two')
  press(editor, 'Tab', back)
  expect(editor.getHTML()).toBe(before)
  press(editor, 'Tab', back) // it stays in its list
  expect(caretIn(editor)).toBe('before')
  expect(editor.getHTML()).toBe(before)

  select(editor, 'two', 'behind')
  press(editor, 'Tab')
  expect(caretIn(editor)).toBe('after')
  select(editor, 'one', 'before') // the first cannot be indented
  press(editor, 'Tab')
  expect(caretIn(editor)).toBe('after')
  // Who passes through has all of the cell selected, and changes nothing.
  press(editor, 'Tab', back)
  expect(editor.state.selection.empty).toBe(false)
  press(editor, 'Tab', back)
  expect(caretIn(editor)).toBe('before')
  expect(editor.getHTML()).toBe(before)

  select(editor, 'two', { end: 'three' })
  press(editor, 'Tab')
  expect(editor.getHTML()).toContain('one</p><ul><li><p>two</p></li><li><p>three')
  press(editor, 'Tab', back)
  expect(editor.getHTML()).toBe(before)
})

test('so do tasks in a cell, and a way through is always there', () => {
  const task = (text: string) => `<li data-type="taskItem" data-checked="false"><p>${text}</p></li>`
  const editor = open(inTable(`<ul data-type="taskList">${task('one')}${task('two')}</ul>`))
  select(editor, 'two', 'before')
  press(editor, 'Tab')
  expect(editor.getHTML().match(/taskList/g)).toHaveLength(2)
  press(editor, 'Tab') // as far in as it can be
  expect(caretIn(editor)).toBe('after')
})

test('|--| becomes a table, with its heads', () => {
  const editor = open('<p></p>')
  type(editor, '|--|')
  expect(editor.getHTML()).toContain('<th')
  expect(editor.state.selection.$head.node(-1).type.name).toBe('tableHeader')
  editor.state.doc.check()
  undo(editor.state)
  expect(editor.getText()).toContain('|--')
})

test('Ctrl+Enter ticks the task that the caret is in, elsewhere it does what it did', () => {
  const editor = open(
    '<ul data-type="taskList"><li data-type="taskItem" data-checked="false"><p>a</p></li></ul><p>b</p>',
  )
  editor.commands.setTextSelection(4)
  press(editor, 'Enter', { ctrlKey: true })
  expect(editor.getHTML()).toContain('data-checked="true"')
  press(editor, 'Enter', { ctrlKey: true })
  expect(editor.getHTML()).toContain('data-checked="false"')
  editor.commands.setTextSelection(9)
  press(editor, 'Enter', { ctrlKey: true })
  expect(editor.getHTML()).toContain('<br>')
})
