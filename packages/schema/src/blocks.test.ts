// @vitest-environment jsdom
import { Editor, type JSONContent } from '@tiptap/core'
import type { NodeSelection } from '@tiptap/pm/state'
import { afterEach, describe, expect, test } from 'vitest'
import { codeLanguage } from './code-languages.ts'
import { isDay } from './day.ts'
import { documentExtensions } from './document-extensions.ts'
import { mentionOf } from './mention.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(content = ''): Editor {
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({ element, content, extensions: documentExtensions() })
  editors.push(editor)
  return editor
}

/** As a person types: input rules see every letter. */
function type(editor: Editor, text: string): void {
  for (const letter of text) {
    const { from, to } = editor.state.selection
    const isTaken = editor.view.someProp('handleTextInput', (handle) =>
      handle(editor.view, from, to, letter, () => editor.state.tr.insertText(letter, from, to)),
    )
    if (isTaken !== true) editor.view.dispatch(editor.state.tr.insertText(letter, from, to))
  }
}

const press = (editor: Editor, key: string) =>
  editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, new KeyboardEvent('keydown', { key })))

/** Blocks by names and texts; paragraphs are their text. */
function outline({ type: name, text, attrs = {}, content = [] }: JSONContent): string {
  if (text !== undefined) return text
  const inside = content.map(outline).join('|')
  const about = attrs['kind'] ?? attrs['latex'] ?? attrs['textAlign'] ?? ''
  return name === 'paragraph' && about === '' ? inside : `${name}${about === '' ? '' : `[${about}]`}(${inside})`
}

const shown = (editor: Editor) => {
  editor.state.doc.check()
  return (editor.getJSON().content ?? []).map(outline)
}

describe('what is typed', () => {
  test.each([
    ['a callout', ':::tip look', ['callout[tip](look)', '']],
    ['a note, without a kind', '::: look', ['callout[note](look)', '']],
    ['no callout within a line', 'a ::: b', ['a ::: b']],
    ['a formula', 'so $x^2$ is', ['so |inlineMath[x^2]()| is']],
    ['a formula as others write it', 'so $$x^2$$ is', ['so |inlineMath[x^2]()| is']],
    ['no formula of prices', 'from 5$ to $6 or 7$ ', ['from 5$ to $6 or 7$ ']],
    ['a block of formula', '$$ ', ['blockMath()', '']],
  ])('becomes %s', (_name, text, expected) => {
    const editor = open()
    type(editor, text)
    expect(shown(editor)).toEqual(expected)
  })

  test('becomes a highlight, which ends with its signs', () => {
    const editor = open()
    type(editor, 'a ==b c== d')
    expect(editor.getHTML()).toBe('<p>a <mark>b c</mark> d</p>')
  })
})

describe('toggles', () => {
  const TOGGLE = '<details><summary>ab</summary><div data-type="detailsContent"><p>c</p></div></details>'

  test('Enter goes from the summary into the content, with what stood after the caret', () => {
    const editor = open(TOGGLE)
    editor.commands.setTextSelection(3)
    press(editor, 'Enter')
    expect(shown(editor)[0]).toBe('details(detailsSummary(a)|detailsContent(b|c))')
    editor.commands.insertContent('!')
    expect(shown(editor)[0]).toBe('details(detailsSummary(a)|detailsContent(!b|c))')
  })

  test('Enter at the end of the summary uses the empty line that is there', () => {
    const editor = open('<p>ab</p>')
    editor.commands.setDetails()
    type(editor, 'c')
    press(editor, 'Enter')
    type(editor, 'd')
    expect(shown(editor)[0]).toBe('details(detailsSummary(abc)|detailsContent(d))')
  })

  test('Enter on an empty last line leaves the toggle', () => {
    const editor = open(TOGGLE)
    editor.commands.setTextSelection(8)
    press(editor, 'Enter')
    press(editor, 'Enter')
    type(editor, 'd')
    expect(shown(editor).slice(0, 2)).toEqual(['details(detailsSummary(ab)|detailsContent(c))', 'd'])
  })

  test('Backspace at its start takes it apart, and nothing is lost', () => {
    const editor = open(TOGGLE)
    editor.commands.setTextSelection(2)
    press(editor, 'Backspace')
    expect(shown(editor)).toEqual(['ab', 'c'])
  })

  test('holds the blocks that were selected', () => {
    const editor = open('<h2>a</h2><p>b</p>')
    editor.commands.selectAll()
    editor.commands.setDetails()
    expect(shown(editor)[0]).toBe('details(detailsSummary()|detailsContent(heading(a)|b))')
  })
})

test('Backspace at the start of a callout takes its first block out', () => {
  const editor = open('<div data-type="callout" data-kind="tip"><p>a</p><p>b</p></div>')
  editor.commands.setTextSelection(2)
  press(editor, 'Backspace')
  expect(shown(editor).slice(0, 2)).toEqual(['a', 'callout[tip](b)'])
})

test('every paragraph and heading of the selection is aligned, and left is nothing', () => {
  const editor = open('<h2>a</h2><p>b</p><pre><code>c</code></pre>')
  editor.commands.selectAll()
  editor.commands.setTextAlign('center')
  expect(shown(editor)).toEqual(['heading[center](a)', 'paragraph[center](b)', 'codeBlock(c)', ''])
  editor.commands.selectAll()
  editor.commands.setTextAlign('left')
  expect(shown(editor).slice(0, 2)).toEqual(['heading(a)', 'b'])
})

test('a formula that is inserted is selected, whatever was selected before', () => {
  for (const content of ['<p>ab</p>', '<p></p>', '<hr><p></p>']) {
    const editor = open(content)
    if (content.startsWith('<hr>')) editor.commands.setNodeSelection(0)
    else editor.commands.setTextSelection(1)
    editor.commands.insertBlockMath('x')
    expect((editor.state.selection as NodeSelection).node.type.name).toBe('blockMath')
    editor.state.doc.check()
  }
})

describe('attributes from the wire are believed only where they are ours', () => {
  test('colours, alignment, kinds, days, languages and sides render as names or not at all', () => {
    const editor = open('<p>a</p>')
    const evil = 'red;background:url(//e.vil)" onclick="x'
    const { schema } = editor
    const text = schema.text('a', [
      schema.marks['highlight']!.create({ color: evil }),
      schema.marks['textStyle']!.create({ color: evil }),
    ])
    const cells = [evil, 'left;position:fixed;background:url(//e.vil)'].flatMap((align) =>
      ['tableCell', 'tableHeader'].map((name) => schema.nodes[name]!.create({ align }, schema.node('paragraph'))),
    )
    editor.view.dispatch(
      editor.state.tr.replaceWith(0, editor.state.doc.content.size, [
        schema.node('paragraph', { textAlign: evil }, [
          text,
          schema.node('date', { date: evil }),
          schema.node('mention', { kind: 'document', id: '../../x', label: 'm' }),
        ]),
        schema.node('callout', { kind: evil }, schema.node('paragraph')),
        schema.node('codeBlock', { language: evil }),
        schema.node('table', null, schema.node('tableRow', null, cells)),
      ]),
    )
    // A width is only ever written into the cell's own attribute.
    const html = editor.getHTML()
    expect(html).not.toMatch(/vil|onclick|style="[^"]|href/)
    expect(editor.view.dom.innerHTML).not.toMatch(/vil|onclick/)
  })

  test.each([
    ['ts', 'typescript'],
    ['JavaScript title="a"', 'javascript'],
    ['c++', 'cpp'],
    ['constructor', undefined],
    ['__proto__', undefined],
    [{}, undefined],
  ])('language %j is %s', (stored, language) => expect(codeLanguage(stored)).toBe(language))

  test.each([
    ['2026-02-28', true],
    ['2026-02-30', false],
    ['0001-01-01', true],
    ['2026-1-1', false],
    [20260101, false],
  ])('day %j: %s', (day, expected) => expect(isDay(day)).toBe(expected))

  test('mentions lead only to ids', () => {
    expect(mentionOf({ kind: 'person', id: 'a-B_9', label: 'x' })).toEqual({ kind: 'person', id: 'a-B_9', label: 'x' })
    for (const attrs of [
      { kind: 'person', id: '' },
      { kind: 'robot', id: 'a' },
      { kind: 'document', id: 'a/b' },
      { kind: 'document', id: 7 },
    ])
      expect(mentionOf(attrs)).toBeUndefined()
    expect(mentionOf({ kind: 'person', id: 'a', label: 'y'.repeat(5_000) })?.label.length).toBeLessThan(300)
  })
})
