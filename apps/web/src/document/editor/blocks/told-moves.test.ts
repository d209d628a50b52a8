// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { CellSelection } from '@tiptap/pm/tables'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { moveInTable, type TableDirection } from '../table-moves.ts'
import { BlockKeys } from './block-keys.ts'
import { BlockSelection } from './block-selection.ts'
import { tellMoves } from './told-moves.ts'

const editors: Editor[] = []
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
  vi.useRealTimers()
})

/** An editor with the caret in this word, and what it tells of moves. */
function open(content: string, word: string) {
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions(), BlockKeys],
    content,
  })
  editors.push(editor)
  editor.commands.setTextSelection(placeOf(editor, word))
  const told: string[] = []
  tellMoves(editor, (text) => void (text !== '' && told.push(text)))
  const press = (key: string) =>
    editor.view.someProp('handleKeyDown', (handle) =>
      handle(editor.view, new KeyboardEvent('keydown', { key, altKey: true, shiftKey: true })),
    )
  /** What has been told since the last look. */
  const heard = () => (vi.runAllTimers(), told.splice(0))
  const moveLine = (direction: TableDirection) => editor.view.dispatch(moveInTable(editor.state, direction)!)
  return { editor, press, heard, moveLine }
}

function placeOf({ state: { doc } }: Editor, word: string): number {
  let found = -1
  doc.descendants((node, at) => {
    if (node.text === word) found = at + 1
  })
  return found
}

test('what was moved where is told, and of what goes on only where', () => {
  const { press, heard } = open('<p>one</p><h2>two</h2><p>three</p><p>four</p>', 'two')
  press('ArrowDown')
  expect(heard()).toEqual(['Moved down: heading, two; 3 of 4'])
  press('ArrowDown')
  expect(heard()).toEqual(['Moved down, 4 of 4'])
  press('ArrowDown')
  expect(heard()).toEqual(['Not moved: this is 4 of 4'])
  press('ArrowUp')
  expect(heard()).toEqual(['Moved up, 3 of 4'])
})

test('a key that is held is told of once, where it came to', () => {
  const { press, heard } = open('<p>one</p><p>two</p><p>three</p><p>four</p>', 'four')
  for (let times = 0; times < 6; times++) {
    press('ArrowUp')
    vi.advanceTimersByTime(100)
  }
  expect(heard()).toEqual(['Moved up: text, four; 1 of 4'])
})

test('what is done in between makes it news again', () => {
  const { editor, press, heard } = open('<p>one</p><p>two</p><p>three</p>', 'two')
  press('ArrowUp')
  editor.commands.setTextSelection(placeOf(editor, 'three'))
  editor.commands.setTextSelection(placeOf(editor, 'two'))
  expect(heard()).toEqual(['Moved up: text, two; 1 of 3'])
  editor.commands.insertContent('!')
  press('ArrowDown')
  expect(heard()).toEqual(['Moved down: text, t!wo; 2 of 3'])
})

test('an item is counted in its list, the only one with the list, several together', () => {
  const list = open('<p>one</p><ul><li><p>two</p></li><li><p>three</p></li></ul>', 'three')
  list.press('ArrowUp')
  expect(list.heard()).toEqual(['Moved up: list item, three; 1 of 2'])

  const only = open('<p>one</p><ul><li><p>two</p></li></ul><p>three</p>', 'two')
  only.press('ArrowUp')
  expect(only.heard()).toEqual(['Moved up: list, two; 1 of 3'])

  const several = open('<p>one</p><p>two</p><p>three</p>', 'one')
  const { doc, tr } = several.editor.state
  several.editor.view.dispatch(tr.setSelection(BlockSelection.between(doc, 0, 5)))
  several.press('ArrowDown')
  expect(several.heard()).toEqual(['Moved down: 2 blocks; 2 to 3 of 3'])
})

const TABLE =
  '<table><tr><th>Name</th><th>City</th><th></th></tr><tr><td>Ana</td><td>Lisbon</td><td>x</td></tr><tr><td>Ben</td><td>Lagos</td><td>y</td></tr></table>'

test('rows are called by their first cell, columns by their head', () => {
  const { editor, heard, moveLine } = open(TABLE, 'Lagos')
  moveLine('up')
  expect(heard()).toEqual(['Moved up: row, Ben; 2 of 3'])
  moveLine('right')
  expect(heard()).toEqual(['Moved right: column, City; 3 of 3'])
  moveLine('left')
  expect(heard()).toEqual(['Moved left, 2 of 3'])
  editor.commands.setTextSelection(placeOf(editor, 'y'))
  moveLine('left')
  expect(heard()).toEqual(['Moved left: empty column; 2 of 3'])

  const cells = open(TABLE, 'Ben')
  const cellOf = (word: string) => placeOf(cells.editor, word) - 3
  const selected = CellSelection.create(cells.editor.state.doc, cellOf('Name'), cellOf('Lisbon'))
  cells.editor.view.dispatch(cells.editor.state.tr.setSelection(selected))
  cells.moveLine('right')
  expect(cells.heard()).toEqual(['Moved right: 2 columns; 2 to 3 of 3'])
})
