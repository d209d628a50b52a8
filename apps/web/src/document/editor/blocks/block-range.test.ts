// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor, type JSONContent } from '@tiptap/core'
import { afterEach, describe, expect, test } from 'vitest'
import { deleteBlocks, duplicateBlocks, moveBlocks, selectedBlocks } from './block-edits.ts'
import { blockAt } from './block-range.ts'
import { turnInto, type BlockKind } from './turn-into.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

/** An editor with the caret before the `|` of the text, which is taken out; `[` and `]` are the ends of a selection. */
function editorOf(html: string): Editor {
  const editor = new Editor({ extensions: documentExtensions(), content: html })
  editors.push(editor)
  const find = (sign: string): number | undefined => {
    let found: number | undefined
    editor.state.doc.descendants((node, at) => {
      const index = node.text?.indexOf(sign) ?? -1
      if (index >= 0) found = at + index
    })
    if (found !== undefined) editor.view.dispatch(editor.state.tr.delete(found, found + 1))
    return found
  }
  const [from, to] = [find('[') ?? find('|') ?? 1, find(']')]
  editor.commands.setTextSelection({ from, to: to ?? from })
  return editor
}

/** Blocks by their names and texts, in brackets what is in them. */
function outline({ type, text, content = [] }: JSONContent): string {
  if (text !== undefined) return text
  const inside = content.map(outline).join(' ')
  return type === 'paragraph' || type === 'doc' ? inside : `${type}(${inside})`
}

/** Without the paragraph that follows a last block without exit. */
const shown = (editor: Editor) => outline(editor.getJSON()).trimEnd()
const LIST = '<ul><li><p>b</p></li><li><p>c|</p></li></ul>'

describe('blocks move among their neighbours', () => {
  test.each<[string, string, 'up' | 'down', string]>([
    ['a paragraph up', '<p>a</p><p>b|</p><p>c</p>', 'up', 'b a c'],
    ['a paragraph down', '<p>a|</p><p>b</p><p>c</p>', 'down', 'b a c'],
    ['several, as one', '<p>a</p><p>[b</p><p>c]</p><p>d</p>', 'up', 'b c a d'],
    ['an item within its list', `<p>a</p>${LIST}`, 'up', 'a bulletList(listItem(c) listItem(b))'],
    [
      'the only item with its list',
      '<p>a</p><ul><li><p>b|</p></li></ul><p>c</p>',
      'down',
      'a c bulletList(listItem(b))',
    ],
    [
      'a table, from within a cell',
      '<p>a</p><table><tr><td>b|</td></tr></table>',
      'up',
      'table(tableRow(tableCell(b))) a',
    ],
    ['a block within a callout', '<div data-type="callout"><p>a</p><p>b|</p></div><p>c</p>', 'up', 'callout(b a) c'],
    [
      'the only block of a toggle with the toggle',
      '<p>a</p><details><summary>s</summary><div data-type="detailsContent"><p>b|</p></div></details>',
      'up',
      'details(detailsSummary(s) detailsContent(b)) a',
    ],
  ])('%s', (_name, html, direction, expected) => {
    const editor = editorOf(html)
    const caret = editor.state.selection.$from.parent.textContent
    editor.view.dispatch(moveBlocks(editor.state, direction)!)
    expect(shown(editor)).toBe(expected)
    expect(editor.state.selection.$from.parent.textContent).toBe(caret)
    editor.state.doc.check()
  })

  test('not beyond the edge', () => {
    expect(moveBlocks(editorOf('<p>a|</p><p>b</p>').state, 'up')).toBeUndefined()
    expect(moveBlocks(editorOf(LIST).state, 'down')).toBeUndefined()
  })
})

test('a copy stands below, with the caret in it', () => {
  const editor = editorOf(`<p>a</p>${LIST}`)
  editor.view.dispatch(duplicateBlocks(editor.state, selectedBlocks(editor.state)))
  editor.commands.insertContent('!')
  expect(shown(editor)).toBe('a bulletList(listItem(b) listItem(c) listItem(c!))')
})

test.each([
  ['one of several', '<p>a</p><p>b|</p>', 'a'],
  ['with the list it was alone in', '<p>a</p><ul><li><p>b|</p></li></ul>', 'a'],
  ['everything, down to an empty paragraph', '<div data-type="callout"><p>b|</p></div>', ''],
])('deletes %s', (_name, html, expected) => {
  const editor = editorOf(html)
  editor.view.dispatch(deleteBlocks(editor.state, selectedBlocks(editor.state)))
  expect(shown(editor)).toBe(expected)
  editor.state.doc.check()
})

test('the block at a position is the innermost that moves by itself', () => {
  const { doc } = editorOf(`<p>a</p>${LIST}<hr><table><tr><td><ul><li>d</li></ul></td></tr></table>`).state
  const names: string[] = []
  doc.descendants((_node, at) => void names.push(doc.nodeAt(blockAt(doc, at).start)?.type.name ?? ''))
  expect(new Set(names)).toEqual(new Set(['paragraph', 'bulletList', 'listItem', 'horizontalRule', 'table']))
  expect(blockAt(doc, doc.content.size).start).toBeLessThan(doc.content.size)
})

test.each<[string, string, BlockKind, string]>([
  ['a paragraph into a heading', '<p>a|</p>', 'heading-2', 'heading(a)'],
  ['an item into a heading, out of its list', LIST, 'heading-1', 'bulletList(listItem(b)) heading(c)'],
  ['a bullet into a task', LIST, 'taskList', 'bulletList(listItem(b)) taskList(taskItem(c))'],
  ['a list into the list that it is', LIST, 'bulletList', 'bulletList(listItem(b) listItem(c))'],
  [
    'a heading in a callout, which it stays in',
    '<div data-type="callout"><p>a|</p></div>',
    'heading-1',
    'callout(heading(a))',
  ],
  ['a callout into another kind', '<div data-type="callout"><p>a|</p></div>', 'tip', 'callout(a)'],
  ['a paragraph into a toggle', '<p>a|</p>', 'details', 'details(detailsSummary(a) detailsContent())'],
  ['code into text', '<pre><code>a|</code></pre>', 'paragraph', 'a'],
])('turns %s', (_name, html, kind, expected) => {
  const editor = editorOf(html)
  expect(turnInto(editor.chain(), kind).run()).toBe(true)
  expect(shown(editor)).toBe(expected)
  editor.state.doc.check()
})
