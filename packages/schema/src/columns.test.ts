// @vitest-environment jsdom
import { Editor, type JSONContent } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { afterEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { columnShares, columnWidth } from './columns.ts'
import { documentExtensions } from './document-extensions.ts'
import { FRAGMENT } from './schema-version.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(content: string, doc?: Y.Doc): Editor {
  const element = document.body.appendChild(document.createElement('div'))
  const extensions = doc
    ? [...documentExtensions(), Collaboration.configure({ fragment: doc.getXmlFragment(FRAGMENT) })]
    : documentExtensions()
  const editor = new Editor({ element, ...(doc ? {} : { content }), extensions })
  editors.push(editor)
  return editor
}

function outline({ type: name, text, attrs = {}, content = [] }: JSONContent): string {
  if (text !== undefined) return text
  const inside = content.map(outline).join('|')
  if (name === 'paragraph') return inside
  return `${name}${typeof attrs['width'] === 'number' ? attrs['width'] : ''}(${inside})`
}

/** Without the paragraph that is kept at the end. */
const shown = (editor: Editor) => {
  editor.state.doc.check()
  return (editor.getJSON().content ?? []).map(outline).filter((block) => block !== '')
}

const columns = (...texts: string[]) =>
  `<div data-type="columns">${texts.map((text) => `<div data-type="column">${text}</div>`).join('')}</div>`
const press = (editor: Editor, key: string) =>
  editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, new KeyboardEvent('keydown', { key })))

describe('columns', () => {
  test('hold the blocks that were selected in the first, and never each other', () => {
    const editor = open('<h1>a</h1><p>b</p>')
    editor.commands.selectAll()
    expect(editor.commands.setColumns(3)).toBe(true)
    expect(shown(editor)).toEqual(['columns(column(heading(a)|b)|column()|column())'])
    editor.commands.setTextSelection(4)
    editor.commands.setColumns(4)
    expect(shown(editor)).toEqual(['columns(column(heading(a)|b)|column()|column()|column())'])
    expect(editor.commands.addColumn()).toBe(false)
  })

  test('of what is in a callout stand around the callout', () => {
    const editor = open('<div data-type="callout"><p>a</p></div>')
    editor.commands.setTextSelection(2)
    editor.commands.setColumns(2)
    expect(shown(editor)).toEqual(['columns(column(callout(a))|column())'])
  })

  test('made fewer, or apart, or without one of them, keep every word', () => {
    const three = columns('<p>a</p>', '<p>b</p>', '<p>c</p>')
    const fewer = open(three)
    fewer.commands.setTextSelection(3)
    fewer.commands.setColumns(2)
    expect(shown(fewer)).toEqual(['columns(column(a)|column(b|c))'])
    const apart = open(three)
    apart.commands.setTextSelection(8)
    apart.commands.unsetColumns()
    expect(shown(apart)).toEqual(['a', 'b', 'c'])
    expect(apart.state.selection.$from.parent.textContent).toBe('b')
    const without = open(three)
    without.commands.setTextSelection(9)
    without.commands.removeColumn()
    expect(shown(without)).toEqual(['columns(column(a|b)|column(c))'])
    without.commands.setTextSelection(3)
    without.commands.removeColumn()
    expect(shown(without)).toEqual(['a', 'b', 'c'])
  })

  test('come after the one with the caret, of one width', () => {
    const editor = open(columns('<p>a</p>', '<p>b</p>'))
    editor.commands.setColumnWidths(0, [30, 70])
    expect(shown(editor)).toEqual(['columns(column30(a)|column70(b))'])
    editor.commands.setTextSelection(3)
    editor.commands.addColumn()
    editor.commands.insertContent('new')
    expect(shown(editor)).toEqual(['columns(column(a)|column(new)|column(b))'])
  })

  test('Backspace takes an empty one away, and joins nothing that is not below each other', () => {
    const editor = open(columns('<p>a</p>', '<p></p>', '<p>c</p>'))
    editor.commands.setTextSelection(12)
    press(editor, 'Backspace')
    expect(shown(editor)).toEqual(['columns(column(a)|column()|column(c))'])
    editor.commands.setTextSelection(8)
    press(editor, 'Backspace')
    expect(shown(editor)).toEqual(['columns(column(a)|column(c))'])
    expect(editor.state.selection.$from.parent.textContent).toBe('a')
  })

  test('pasted where they cannot be are their blocks', () => {
    const editor = open('<div data-type="callout"><p>x</p></div>')
    editor.commands.setTextSelection(2)
    editor.view.pasteHTML(columns('<p>a</p>', '<p>b</p>'), new Event('paste') as ClipboardEvent)
    const words = editor.state.doc.textContent
    for (const word of ['a', 'b', 'x']) expect(words).toContain(word)
    editor.state.doc.check()
  })
})

describe('widths', () => {
  test.each([
    [
      [null, null],
      [50, 50],
    ],
    [
      [30, 70],
      [30, 70],
    ],
    [
      [30, null],
      [30, 70],
    ],
    [
      [20, 20, null, null],
      [20, 20, 30, 30],
    ],
    [
      [100, 100],
      [50, 50],
    ],
    [
      [100, null],
      [50, 50],
    ],
    [
      ['60%', Number.NaN, -1, 1e9],
      [25, 25, 25, 25],
    ],
  ])('%j are shares %j', (said, shares) => {
    expect(columnShares(said).map((share) => Math.round(share))).toEqual(shares)
  })

  test('are bounded, whoever sends them', () => {
    for (const wild of [0, 9, 101, '50', Infinity, {}, null]) expect(columnWidth(wild)).toBeUndefined()
    const editor = open(columns('<p>a</p>', '<p>b</p>'))
    editor.commands.setColumnWidths(0, [-5, 400])
    expect(shown(editor)).toEqual(['columns(column10(a)|column100(b))'])
    expect(editor.getHTML()).toContain('data-width="10"')
    expect(editor.commands.setColumnWidths(0, [50])).toBe(false)
    expect(editor.commands.setColumnWidths(1, [50, 50])).toBe(false)
  })
})

describe('columns that two people broke at once', () => {
  const exchange = (one: Y.Doc, other: Y.Doc) => {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const)
      Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'remote')
  }
  const written = (doc: Y.Doc) => {
    const updates: unknown[] = []
    doc.on('update', (update: Uint8Array, origin: unknown) => origin !== 'remote' && updates.push(update))
    return updates
  }

  /** Ann takes the first away and Bob the second, without knowing of each other. */
  function broken(): { ann: Editor; bob: Editor; annsDoc: Y.Doc; bobsDoc: Y.Doc } {
    const [annsDoc, bobsDoc] = [new Y.Doc(), new Y.Doc()]
    const seed = open('', annsDoc)
    seed.commands.insertContent(`${columns('<p>a</p>', '<p>b</p>', '<p>c</p>')}<p>below</p>`)
    exchange(annsDoc, bobsDoc)
    const bob = open('', bobsDoc)
    const remove = (editor: Editor, text: string) => {
      const at: { from: number; to: number }[] = []
      editor.state.doc.descendants((node, from) => {
        if (node.type.name === 'column' && node.textContent === text) at.push({ from, to: from + node.nodeSize })
      })
      editor.view.dispatch(editor.state.tr.delete(at[0]!.from, at[0]!.to))
    }
    remove(seed, 'a')
    remove(bob, 'b')
    return { ann: seed, bob, annsDoc, bobsDoc }
  }

  test('are shown as they are and written by nobody who looks, or types elsewhere', () => {
    const { ann, bob, annsDoc, bobsDoc } = broken()
    const written1 = written(annsDoc)
    exchange(annsDoc, bobsDoc)
    expect(shown(ann)[0]).toBe('columns(column(c))')
    expect(shown(bob)).toEqual(shown(ann))
    expect(written1).toEqual([])
    ann.commands.insertContentAt(ann.state.doc.content.size - 3, 'x')
    expect(shown(ann)[0]).toBe('columns(column(c))')
  })

  test('two who type in what is left have each word once', () => {
    const { ann, bob, annsDoc, bobsDoc } = broken()
    exchange(annsDoc, bobsDoc)
    ann.commands.insertContentAt(3, 'ann')
    bob.commands.insertContentAt(4, 'bob')
    exchange(annsDoc, bobsDoc)
    expect(shown(ann)[0]).toBe('columns(column(anncbob))')
    expect(shown(bob)).toEqual(shown(ann))
  })

  test('without any left are a place to write, and a paragraph once somebody does', () => {
    const doc = new Y.Doc()
    doc.getXmlFragment(FRAGMENT).insert(0, [new Y.XmlElement('columns'), new Y.XmlElement('paragraph')])
    const updates = written(doc)
    const editor = open('', doc)
    editor.commands.focus()
    expect(updates).toEqual([])
    editor.commands.insertContentAt(7, 'below')
    expect(doc.getXmlFragment(FRAGMENT).toString()).toBe('<columns></columns><paragraph>below</paragraph>')
    editor.commands.insertContentAt(3, 'here')
    expect(shown(editor)).toEqual(['here', 'below'])
    expect(doc.getXmlFragment(FRAGMENT).toString()).toBe('<paragraph>here</paragraph><paragraph>below</paragraph>')
  })

  test('are left as they are when it came out of the Y.Doc, whatever the binding lets through', () => {
    const editor = open(columns('<p>a</p>', '<p>b</p>'))
    const second = editor.state.doc.firstChild!.child(1)
    const at = editor.state.doc.firstChild!.nodeSize - 1 - second.nodeSize
    editor.view.dispatch(editor.state.tr.delete(at, at + second.nodeSize).setMeta('y-sync$', {}))
    expect(shown(editor)).toEqual(['columns(column(a))'])
  })

  test('into which somebody pastes more than fit stay, and lose nothing', () => {
    const editor = open(columns(...'abcdef'.split('').map((letter) => `<p>${letter}</p>`)))
    editor.commands.insertContentAt(3, 'x')
    expect(shown(editor)).toEqual(['columns(column(xa)|column(b)|column(c)|column(d)|column(e)|column(f))'])
  })
})
