// @vitest-environment jsdom
import { undo, ySyncPlugin, yUndoPlugin } from '@tandem/binding'
import { FRAGMENT, documentExtensions } from '@tandem/schema'
import { Editor, Extension, type JSONContent } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { TextSelection } from '@tiptap/pm/state'
import { afterEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { putBeside, putBesideAbove, type BesidePlace } from './beside.ts'
import { blockAt, blocksBetween, type BlockRange } from './block-range.ts'
import { BlockSelection } from './block-selection.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function editorOf(content: string): Editor {
  const editor = editorOn(new Y.Doc())
  editor.commands.setContent(content)
  return editor
}

function editorOn(doc: Y.Doc): Editor {
  const fragment = doc.getXmlFragment(FRAGMENT)
  const bound = Extension.create({ name: 'bound', addProseMirrorPlugins: () => [ySyncPlugin(fragment), yUndoPlugin()] })
  const editor = new Editor({ extensions: [...documentExtensions(), bound] })
  editors.push(editor)
  return editor
}

function element(name: string, ...inside: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const made = new Y.XmlElement(name)
  made.insert(0, inside)
  return made
}

/** Blocks by their names and texts, in brackets what is in them. */
function outline({ type, text, content = [] }: JSONContent): string {
  if (text !== undefined) return text
  const inside = content.map(outline).join(' ')
  return type === 'paragraph' || type === 'doc' ? inside : `${type}(${inside})`
}

/** Without the paragraph that follows a last block without exit. */
const shown = (editor: Editor) => outline(editor.getJSON()).trimEnd()

function whereIs(doc: Node, text: string): number {
  let found = -1
  doc.descendants((node, at) => {
    if (node.text === text) found = at
  })
  if (found < 0) throw new Error(`There is no ${text}.`)
  return found
}

const rangeOf = ({ state: { doc } }: Editor, from: string, to = from): BlockRange =>
  blocksBetween(doc, whereIs(doc, from), whereIs(doc, to))

/** Beside the block of the document, or the column, that a text is in. */
function placeOf({ state: { doc } }: Editor, text: string, side: 'left' | 'right'): BesidePlace {
  const $at = doc.resolve(whereIs(doc, text))
  return { at: $at.before(1), column: $at.node(1).type.name === 'columns' ? $at.index(1) : undefined, side }
}

const columns = (...texts: string[]) =>
  `<div data-type="columns">${texts.map((text) => `<div data-type="column"><p>${text.replaceAll('/', '</p><p>')}</p></div>`).join('')}</div>`
const LIST = '<ul><li><p>x</p></li><li><p>y</p></li></ul>'

describe('blocks stand beside another', () => {
  test.each<[string, string, [from: string, to?: string], string, 'left' | 'right', string]>([
    ['right of one below', '<p>a</p><p>b</p><p>c</p>', ['a'], 'b', 'right', 'columns(column(b) column(a)) c'],
    ['left of one above', '<p>a</p><p>b</p><p>c</p>', ['c'], 'a', 'left', 'columns(column(c) column(a)) b'],
    ['several, together', '<p>a</p><p>b</p><p>c</p>', ['b', 'c'], 'a', 'right', 'columns(column(a) column(b c))'],
    [
      'an item, as a list of its own',
      `<p>a</p>${LIST}`,
      ['x'],
      'a',
      'right',
      'columns(column(a) column(bulletList(listItem(x)))) bulletList(listItem(y))',
    ],
    [
      'an item beside the rest of its list',
      LIST,
      ['x'],
      'y',
      'left',
      'columns(column(bulletList(listItem(x))) column(bulletList(listItem(y))))',
    ],
    [
      'the only block of a callout, which goes',
      '<div data-type="callout"><p>a</p></div><p>b</p>',
      ['a'],
      'b',
      'right',
      'columns(column(b) column(a))',
    ],
    [
      'beside a table',
      '<p>a</p><table><tr><td>b</td></tr></table>',
      ['a'],
      'b',
      'left',
      'columns(column(a) column(table(tableRow(tableCell(b)))))',
    ],
    [
      'in columns, as one more',
      `<p>z</p>${columns('a', 'b')}`,
      ['z'],
      'a',
      'right',
      'columns(column(a) column(z) column(b))',
    ],
    ['first in columns', `<p>z</p>${columns('a', 'b')}`, ['z'], 'a', 'left', 'columns(column(z) column(a) column(b))'],
    [
      'out of a column with more in it',
      columns('a/c', 'b'),
      ['c'],
      'b',
      'right',
      'columns(column(a) column(b) column(c))',
    ],
    [
      'a column, which changes its place',
      columns('a', 'b', 'c'),
      ['a'],
      'c',
      'right',
      'columns(column(b) column(c) column(a))',
    ],
    [
      'a column of full columns',
      columns('a', 'b', 'c', 'd'),
      ['d'],
      'a',
      'left',
      'columns(column(d) column(a) column(b) column(c))',
    ],
    [
      'all of one of two columns: the other is a block again',
      `${columns('a', 'b')}<p>c</p>`,
      ['a'],
      'c',
      'right',
      'b columns(column(c) column(a))',
    ],
  ])('%s', (...[, html, [from, to], target, side, expected]) => {
    const editor = editorOf(html)
    const before = shown(editor)
    const transaction = putBeside(editor.state, rangeOf(editor, from, to), placeOf(editor, target, side))
    asOwnUndoStep(editor, () => editor.view.dispatch(transaction!))
    expect(shown(editor)).toBe(expected)
    editor.state.doc.check()
    const { selection } = editor.state
    expect(selection).toBeInstanceOf(BlockSelection)
    expect(selection.$from.nodeAfter?.textContent).toBe(from)
    undo(editor.state)
    expect(shown(editor)).toBe(before)
  })

  test.each<[string, string, [from: string, to?: string], string, 'left' | 'right']>([
    ['beside itself', '<p>a</p><p>b</p>', ['a'], 'a', 'right'],
    ['beside one of those that are moved', '<p>a</p><p>b</p><p>c</p>', ['a', 'c'], 'b', 'right'],
    ['beside what only they are in', '<ul><li><p>x</p></li></ul><p>b</p>', ['x'], 'x', 'right'],
    ['as a fifth column', `<p>z</p>${columns('a', 'b', 'c', 'd')}`, ['z'], 'b', 'left'],
    ['as a fifth column, from within', columns('a/z', 'b', 'c', 'd'), ['z'], 'b', 'left'],
    ['where its column is', columns('a', 'b'), ['a'], 'b', 'left'],
    ['where its column is, seen from itself', columns('a', 'b'), ['a'], 'a', 'right'],
    ['columns in columns', `${columns('a', 'b')}<p>c</p>`, ['a', 'c'], 'c', 'left'],
  ])('never %s', (...[, html, [from, to], target, side]) => {
    const editor = editorOf(html)
    expect(putBeside(editor.state, rangeOf(editor, from, to), placeOf(editor, target, side))).toBeUndefined()
  })

  test('the last of a single column, which two people who each took one away have left: all of it goes', () => {
    const doc = new Y.Doc()
    const paragraph = (text: string) => element('paragraph', new Y.XmlText(text))
    const single = element('columns', element('column', paragraph('a')))
    doc.getXmlFragment(FRAGMENT).insert(0, [single, paragraph('b')])
    const editor = editorOn(doc)
    expect(shown(editor)).toBe('columns(column(a)) b')
    editor.view.dispatch(putBeside(editor.state, rangeOf(editor, 'a'), placeOf(editor, 'b', 'right'))!)
    expect(shown(editor)).toBe('columns(column(b) column(a))')
    editor.state.doc.check()
  })

  test('columns never stand beside another block', () => {
    const editor = editorOf(`${columns('a', 'b')}<p>c</p>`)
    const { doc } = editor.state
    const whole = BlockSelection.of(doc, { start: 0, end: doc.child(0).nodeSize }).range
    expect(putBeside(editor.state, whole, placeOf(editor, 'c', 'left'))).toBeUndefined()
  })

  test('widths that were said are even again, of the columns they leave and of those they come to', () => {
    const wide = (text: string) => columns(text, `${text}2`, `${text}3`).replace('"column"', '"column" data-width="60"')
    const editor = editorOf(`${wide('a')}<p>m</p>${wide('b')}`)
    editor.view.dispatch(putBeside(editor.state, rangeOf(editor, 'a2'), placeOf(editor, 'b', 'right'))!)
    const [left, , right] = editor.state.doc.children
    expect([left?.childCount, right?.childCount]).toEqual([2, 4])
    for (const columns of [left, right]) columns?.forEach(({ attrs }) => expect(attrs['width'] as unknown).toBeNull())
  })
})

describe('beside the block above', () => {
  const above = (editor: Editor, text: string) =>
    putBesideAbove(editor.state, blockAt(editor.state.doc, whereIs(editor.state.doc, text)))

  test.each([
    ['a paragraph', '<p>a</p><p>b</p>', 'b', 'columns(column(a) column(b))'],
    ['last of columns', `${columns('a', 'b')}<p>c</p>`, 'c', 'columns(column(a) column(b) column(c))'],
    [
      'the only item, with its list',
      '<p>a</p><ul><li><p>x</p></li></ul>',
      'x',
      'columns(column(a) column(bulletList(listItem(x))))',
    ],
  ])('%s', (_name, html, text, expected) => {
    const editor = editorOf(html)
    editor.view.dispatch(above(editor, text)!)
    expect(shown(editor)).toBe(expected)
    editor.state.doc.check()
  })

  test.each([
    ['the first block', '<p>a</p><p>b</p>', 'a'],
    ['below full columns', `${columns('a', 'b', 'c', 'd')}<p>e</p>`, 'e'],
    ['one of several items', `<p>a</p>${LIST}`, 'y'],
    ['within a column', columns('a/c', 'b'), 'c'],
  ])('not %s', (_name, html, text) => {
    expect(above(editorOf(html), text)).toBeUndefined()
  })
})

test('where the blocks that one had selected are gone, a caret is left, and no block that stands there now', () => {
  const [annDoc, bobDoc] = [new Y.Doc(), new Y.Doc()]
  const [ann, bob] = [editorOn(annDoc), editorOn(bobDoc)]
  ann.commands.setContent('<p>one</p><p>two</p><hr><p>three</p>')
  Y.applyUpdate(bobDoc, Y.encodeStateAsUpdate(annDoc))
  ann.view.dispatch(ann.state.tr.setSelection(BlockSelection.between(ann.state.doc, 5, 5)))
  bob.view.dispatch(bob.state.tr.delete(5, 10))
  Y.applyUpdate(annDoc, Y.encodeStateAsUpdate(bobDoc))
  expect(ann.state.selection).toBeInstanceOf(TextSelection)
  ann.view.dispatch(ann.state.tr.insertText('!'))
  expect(ann.getHTML()).toContain('<hr>')
  expect(ann.getText()).toMatch(/one.*three/su)
})
