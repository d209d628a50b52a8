// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor, type JSONContent } from '@tiptap/core'
import { Selection } from '@tiptap/pm/state'
import { afterEach, describe, expect, test } from 'vitest'
import { BlockKeys } from './block-keys.ts'
import { BlockSelecting, SelectBlockKey } from './block-selecting.ts'
import { installBlockSelectionKeys, isSelected, onText, selectUpTo } from './block-selection-keys.ts'
import { BlockSelection } from './block-selection.ts'
import { turnInto } from './turn-into.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

/** An editor with the caret in front of this letter. */
function open(content: string, caretAt: string): Editor {
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({
    element,
    content,
    extensions: [...documentExtensions(), BlockKeys, BlockSelecting, SelectBlockKey],
  })
  installBlockSelectionKeys(editor)
  editors.push(editor)
  editor.commands.setTextSelection(placeOf(editor, caretAt))
  return editor
}

function placeOf(editor: Editor, letter: string): number {
  let found = -1
  editor.state.doc.descendants((node, at) => {
    if (found < 0 && node.text?.includes(letter)) found = at + node.text.indexOf(letter)
  })
  return found
}

const press = (editor: Editor, ...keys: string[]) => {
  for (const combination of keys) {
    const key = combination.split('+').at(-1) ?? ''
    const init = {
      key,
      shiftKey: combination.includes('Shift+'),
      altKey: combination.includes('Alt+'),
      ctrlKey: combination.includes('Ctrl+'),
    }
    editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, new KeyboardEvent('keydown', init)))
  }
}

const selected = ({ state: { selection } }: Editor) =>
  selection instanceof BlockSelection ? selection.blocks.map(({ textContent }) => textContent).join(',') : undefined

function outline({ type: name, text, content = [] }: JSONContent): string {
  if (text !== undefined) return text
  const inside = content.map(outline).join('|')
  return name === 'paragraph' ? inside : `${name}(${inside})`
}
const shown = (editor: Editor) => {
  editor.state.doc.check()
  return (editor.getJSON().content ?? []).map(outline).join(' ')
}

const THREE = '<p>a</p><p>b</p><p>c</p>'
const LIST = '<p>x</p><ul><li><p>a</p></li><li><p>b</p></li><li><p>c</p></li></ul><p>y</p>'

describe('by keys', () => {
  test('Esc selects the block with the caret, Shift and arrows more or fewer, Esc goes back to the text', () => {
    const editor = open(THREE, 'b')
    press(editor, 'Escape')
    expect(selected(editor)).toBe('b')
    press(editor, 'Shift+ArrowDown')
    expect(selected(editor)).toBe('b,c')
    press(editor, 'Shift+ArrowDown')
    expect(selected(editor)).toBe('b,c')
    press(editor, 'Shift+ArrowUp')
    expect(selected(editor)).toBe('b')
    press(editor, 'Shift+ArrowUp')
    expect(selected(editor)).toBe('a,b')
    press(editor, 'Shift+ArrowDown')
    expect(selected(editor)).toBe('b')
    press(editor, 'ArrowUp')
    expect(selected(editor)).toBe('a')
    press(editor, 'ArrowUp', 'ArrowDown', 'Escape')
    expect(selected(editor)).toBeUndefined()
    expect(editor.state.selection.$from.parent.textContent).toBe('b')
  })

  test('at the edge of a list the whole list is selected, then what is beside it', () => {
    const editor = open(LIST, 'b')
    press(editor, 'Escape', 'Shift+ArrowDown')
    expect(selected(editor)).toBe('b,c')
    press(editor, 'Shift+ArrowDown')
    expect(selected(editor)).toBe('abc')
    press(editor, 'Shift+ArrowDown')
    expect(selected(editor)).toBe('abc,y')
    press(editor, 'Ctrl+a')
    expect(selected(editor)).toBe('x,abc,y')
  })

  test('Delete takes them away, and what would be empty around them', () => {
    const editor = open(LIST, 'a')
    press(editor, 'Escape', 'Shift+ArrowDown', 'Delete')
    expect(shown(editor)).toBe('x bulletList(listItem(c)) y')
    press(editor, 'Escape', 'Backspace')
    expect(shown(editor)).toBe('x y')
    press(editor, 'Escape', 'Ctrl+a', 'Delete')
    expect(shown(editor)).toBe('')
  })

  test('they move and are copied together, still selected', () => {
    const editor = open(`${THREE}<p>d</p>`, 'b')
    press(editor, 'Escape', 'Shift+ArrowDown', 'Alt+Shift+ArrowUp')
    expect([shown(editor), selected(editor)]).toEqual(['b c a d', 'b,c'])
    press(editor, 'Alt+Shift+ArrowDown', 'Alt+Shift+ArrowDown', 'Alt+Shift+ArrowDown')
    expect([shown(editor), selected(editor)]).toEqual(['a d b c', 'b,c'])
    press(editor, 'Ctrl+d')
    expect([shown(editor), selected(editor)]).toEqual(['a d b c b c', 'b,c'])
  })

  test('Tab indents items, and Shift+Tab takes them back; they stay selected', () => {
    const editor = open(LIST, 'b')
    press(editor, 'Escape', 'Shift+ArrowDown', 'Tab')
    expect(shown(editor)).toBe('x bulletList(listItem(a|bulletList(listItem(b)|listItem(c)))) y')
    expect(selected(editor)).toBe('b,c')
    press(editor, 'Shift+Tab')
    expect(shown(editor)).toBe('x bulletList(listItem(a)|listItem(b)|listItem(c)) y')
    expect(selected(editor)).toBe('b,c')
  })

  test('a letter goes behind the text, and takes nothing away', () => {
    const editor = open(THREE, 'b')
    press(editor, 'Escape')
    const { from, to } = editor.state.selection
    editor.view.someProp('handleTextInput', (handle) => handle(editor.view, from, to, '!', () => editor.state.tr))
    expect(shown(editor)).toBe('a b! c')
  })
})

test('what they are turned into is selected, and coloured whole', () => {
  const editor = open(THREE, 'a')
  press(editor, 'Escape', 'Shift+ArrowDown')
  onText(editor, () => turnInto(editor.chain(), 'heading-2').run())
  expect(shown(editor)).toBe('heading(a) heading(b) c')
  expect(selected(editor)).toBe('a,b')
  editor.commands.setHighlight('green')
  expect(editor.getHTML().match(/data-color="green"/g)).toHaveLength(2)
  onText(editor, () => turnInto(editor.chain(), 'bulletList').run())
  expect(shown(editor)).toContain('bulletList(')
})

test('Shift and a click on a handle selects up to there, both ways', () => {
  const editor = open(THREE, 'b')
  selectUpTo(editor, placeOf(editor, 'c') - 1)
  expect(selected(editor)).toBe('b,c')
  selectUpTo(editor, placeOf(editor, 'a') - 1)
  expect(selected(editor)).toBe('a,b')
  expect([isSelected(editor, 0), isSelected(editor, 6)]).toEqual([true, false])
})

test('copied items stay items; of a callout the blocks are copied without it', () => {
  const list = open(LIST, 'b')
  press(list, 'Escape')
  expect(list.state.selection.content().toJSON()).toMatchObject({ openStart: 1, content: [{ type: 'bulletList' }] })
  const callout = open('<div data-type="callout"><p>a</p><p>b</p></div>', 'a')
  press(callout, 'Escape', 'Shift+ArrowDown')
  expect(callout.state.selection.content().content.childCount).toBe(2)
})

describe('while others write', () => {
  test('the same blocks stay selected, and none if they go', () => {
    const editor = open(THREE, 'b')
    press(editor, 'Escape', 'Shift+ArrowDown')
    editor.view.dispatch(editor.state.tr.insert(0, editor.schema.node('paragraph', null, editor.schema.text('new'))))
    expect(selected(editor)).toBe('b,c')
    for (const edge of ['from', 'to'] as const)
      editor.view.dispatch(editor.state.tr.insert(editor.state.selection[edge], editor.schema.node('paragraph')))
    expect(selected(editor)).toBe('b,c')
    editor.view.dispatch(editor.state.tr.insertText('!', editor.state.selection.from + 1))
    expect(selected(editor)).toBe('!b,c')
    const { from, to } = editor.state.selection
    editor.view.dispatch(editor.state.tr.delete(from, from + 4))
    expect(selected(editor)).toBe('c')
    editor.view.dispatch(editor.state.tr.delete(from, to - 4))
    expect(selected(editor)).toBeUndefined()
    editor.state.doc.check()
  })

  test('a change that splits what is around them leaves a caret', () => {
    const editor = open('<blockquote><p>a</p><p>b</p></blockquote>', 'a')
    press(editor, 'Escape', 'Shift+ArrowDown')
    editor.view.dispatch(editor.state.tr.split(4))
    const { selection } = editor.state
    expect(selection instanceof BlockSelection ? selection.$from.sameParent(selection.$to) : true).toBe(true)
  })

  test('it survives as JSON', () => {
    const editor = open(THREE, 'b')
    press(editor, 'Escape', 'Shift+ArrowUp')
    const { selection, doc } = editor.state
    expect(Selection.fromJSON(doc, selection.toJSON()).eq(selection)).toBe(true)
  })
})
