// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { CellSelection } from '@tiptap/pm/tables'
import { afterEach, expect, test } from 'vitest'
import { TABLE_ACTIONS, runTableAction, tableState, whyNot } from './table-actions.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

/** Two rows and two columns, the first row a header; the caret is in the last cell. */
function editorInTable(): Editor {
  const content =
    '<table><tr><th><p>a</p></th><th><p>b</p></th></tr><tr><td><p>c</p></td><td><p>d</p></td></tr></table>'
  const editor = new Editor({ extensions: documentExtensions(), content })
  editors.push(editor)
  editor.commands.setTextSelection(placeOf(editor, 'd') + 1)
  return editor
}

function placeOf({ state: { doc } }: Editor, letter: string): number {
  let found = -1
  doc.descendants((node, at) => {
    if (node.text === letter) found = at
  })
  return found
}

const actions = TABLE_ACTIONS.flat()
const rowsOf = (editor: Editor) =>
  editor.state.doc.firstChild!.children.map((row) => row.children.map(({ textContent }) => textContent).join('|'))

test('each action has a name of its own, and what is not possible says why', () => {
  const editor = editorInTable()
  expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length)
  const reasons = actions.flatMap((action) => {
    const why = whyNot(action, tableState(editor))
    return why === undefined ? [] : [`${action.label}: ${why}`]
  })
  expect(reasons).toEqual([
    'Move row up: The header row stays first',
    'Move row down: This is the last row',
    'Move column right: This is the last column',
    'Merge cells: Select several cells first',
    'Split cell: This cell is not merged',
  ])
})

test('the caret is behind what has been merged, so that what is typed next replaces nothing', () => {
  const editor = editorInTable()
  const { doc, tr } = editor.state
  editor.view.dispatch(tr.setSelection(CellSelection.create(doc, placeOf(editor, 'c') - 2, placeOf(editor, 'd') - 2)))
  runTableAction(
    editor,
    actions.find(({ id }) => id === 'merge')!,
  )
  expect(rowsOf(editor)).toEqual(['a|b', 'cd'])
  editor.view.dispatch(editor.state.tr.insertText('!'))
  expect(rowsOf(editor)).toEqual(['a|b', 'cd!'])
})
