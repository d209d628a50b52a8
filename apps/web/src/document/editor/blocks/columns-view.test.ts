// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { afterEach, expect, test } from 'vitest'
import { BlockPanels } from './block-panels.ts'
import { BlockViews } from './block-views.ts'
import { moved } from './columns-view.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(...texts: string[]): Editor {
  const element = document.body.appendChild(document.createElement('div'))
  const columns = texts.map((text) => `<div data-type="column"><p>${text}</p></div>`).join('')
  const editor = new Editor({
    element,
    content: `<div data-type="columns">${columns}</div>`,
    extensions: [...documentExtensions(), BlockViews.configure({ panels: new BlockPanels() })],
  })
  editors.push(editor)
  return editor
}

const lines = (editor: Editor) => [...editor.view.dom.querySelectorAll<HTMLElement>('[role="separator"]')]
const widths = (editor: Editor) => editor.state.doc.firstChild?.children.map(({ attrs }) => attrs['width'] as unknown)
const press = (line: HTMLElement | undefined, key: string) =>
  line?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('between each two columns is a line that arrow keys move, within bounds', () => {
  const editor = open('a', 'b', 'c')
  expect(lines(editor).map((line) => line.getAttribute('aria-label'))).toEqual([
    'Width of column 1, in percent',
    'Width of column 2, in percent',
  ])
  expect(lines(editor)[0]?.getAttribute('aria-valuenow')).toBe('33')
  press(lines(editor)[0], 'ArrowRight')
  expect(widths(editor)).toEqual([38.3, 28.3, 33.3])
  for (let times = 0; times < 20; times++) press(lines(editor)[0], 'ArrowLeft')
  expect(widths(editor)?.[0]).toBe(10)
  expect(lines(editor)[0]?.getAttribute('aria-valuenow')).toBe('10')
})

test('as many lines as there are columns less one, whoever adds and takes away', () => {
  const editor = open('a', 'b')
  const row = editor.view.dom.querySelector('.columns-row')
  editor.commands.setTextSelection(3)
  editor.commands.addColumn()
  expect(lines(editor)).toHaveLength(2)
  expect(editor.view.dom.querySelector('.columns-row')).toBe(row)
  editor.commands.removeColumn()
  expect(lines(editor)).toHaveLength(1)
})

test('who may only read moves nothing', () => {
  const editor = open('a', 'b')
  editor.commands.setColumnWidths(0, [30, 70])
  editor.setEditable(false)
  press(lines(editor)[0], 'ArrowRight')
  expect(widths(editor)).toEqual([30, 70])
  editor.setEditable(true)
  press(lines(editor)[0], 'ArrowRight')
  expect(widths(editor)).toEqual([35, 65])
})

test('what one gains the next one loses, and no other', () => {
  expect(moved([30, 40, 30], 0, 5)).toEqual([35, 35, 30])
  expect(moved([30, 40, 30], 1, -100)).toEqual([30, 10, 60])
  expect(moved([30, 40, 30], 1, 100)).toEqual([30, 60, 10])
})
