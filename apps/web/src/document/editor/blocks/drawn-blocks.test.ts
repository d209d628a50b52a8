// @vitest-environment jsdom
import { CODE_LANGUAGES, documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { common } from 'lowlight'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { BlockPanels } from './block-panels.ts'
import { BlockViews } from './block-views.ts'
import { CodeColours } from './code-colours.ts'
import { tokensOf } from './code-tokens.ts'
import { dayForPeople } from '../../day-for-people.ts'
import { drawFormula } from './formula.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
  vi.restoreAllMocks()
})

function open(content: string) {
  const panels = new BlockPanels()
  const openDocument = vi.fn()
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({
    element,
    content,
    extensions: [...documentExtensions(), BlockViews.configure({ panels, openDocument }), CodeColours],
  })
  editors.push(editor)
  return { editor, panels, openDocument, dom: editor.view.dom }
}

describe('code', () => {
  test('every language that can be chosen is one that is highlighted', () => {
    expect(Object.keys(CODE_LANGUAGES).filter((name) => !Object.hasOwn(common, name))).toEqual([])
  })

  test('tokens say where in the code they are', () => {
    const code = 'const a = `x${1}` // é🚢 end'
    const tokens = tokensOf(code, 'javascript')
    expect(tokens.map(({ from, to, className }) => [code.slice(from, to), className])).toEqual(
      expect.arrayContaining([
        ['const', 'hljs-keyword'],
        ['1', 'hljs-number'],
        ['// é🚢 end', 'hljs-comment'],
      ]),
    )
    expect(tokensOf('x', 'klingon')).toEqual([])
  })

  test('is coloured without a change to the document, and only the block that changed is looked at again', async () => {
    const { editor, dom } = open(
      '<pre><code class="language-js">let a = 1</code></pre><pre><code class="language-js">let b</code></pre><p></p>',
    )
    const before = editor.getJSON()
    await vi.waitFor(() => expect(dom.querySelectorAll('.hljs-keyword')).toHaveLength(2))
    expect(editor.getJSON()).toEqual(before)
    const second = dom.querySelectorAll('.hljs-keyword')[1]
    editor.commands.insertContentAt(1, 'const ')
    // Until the writer pauses the colours move along.
    expect(dom.querySelectorAll('.hljs-keyword')).toHaveLength(2)
    await vi.waitFor(() => expect(dom.querySelectorAll('.hljs-keyword')).toHaveLength(3))
    expect(dom.querySelectorAll('.hljs-keyword')[2]).toBe(second)
  })

  test('a language from the wire is a name of ours or nothing', () => {
    const { editor, dom } = open('<pre><code>x</code></pre>')
    editor.commands.updateAttributes('codeBlock', { language: 'fixed inset-0 "><img>' })
    expect(dom.querySelector('.fixed, .inset-0, img:not(.ProseMirror-separator)')).toBeNull()
    expect(editor.getHTML()).not.toContain('class')
  })

  test('its language opens the list, unless one only reads', () => {
    const { editor, panels, dom } = open('<pre><code class="language-js">x</code></pre>')
    const button = dom.querySelector<HTMLElement>('[aria-label="Language: JavaScript"]')
    button?.click()
    expect(panels.getSnapshot()?.kind).toBe('language')
    panels.show(undefined)
    editor.setEditable(false)
    button?.click()
    expect(panels.getSnapshot()).toBeUndefined()
  })
})

describe('toggles', () => {
  const TOGGLE = '<p>a</p><details><summary>s</summary><div data-type="detailsContent"><p>b</p></div></details>'

  test('open and close for oneself, and write nothing', () => {
    const { editor, dom } = open(TOGGLE)
    const wrote = vi.fn()
    editor.on('update', wrote)
    const button = dom.querySelector<HTMLElement>('.details-button')!
    expect(button.getAttribute('aria-expanded')).toBe('false')
    button.click()
    expect(button.getAttribute('aria-expanded')).toBe('true')
    expect(dom.querySelector('.details-open')).not.toBeNull()
    expect(wrote).not.toHaveBeenCalled()
  })

  test('open for a caret within them', () => {
    const { editor, dom } = open(TOGGLE)
    editor.commands.setTextSelection(9)
    expect(editor.state.selection.$from.parent.textContent).toBe('b')
    expect(dom.querySelector('.details-open')).not.toBeNull()
  })
})

describe('formulas', () => {
  const element = () => document.createElement('div')

  test('are drawn, with MathML for those who listen', () => {
    const place = element()
    expect(drawFormula(place, 'x^2', { display: false })).toBeUndefined()
    expect(place.querySelector('math msup')).not.toBeNull()
  })

  test.each([
    ['is not whole', '\\frac{1'],
    ['expands without end', '\\def\\a{\\a\\a}\\a'],
  ])('one that %s says why not', (_what, latex) => {
    expect(drawFormula(element(), latex, { display: true })).toMatch(/./)
  })

  test.each([
    '\\href{javascript:alert(1)}{x}',
    '\\includegraphics{//e.vil/x.png}',
    '\\htmlStyle{position:fixed}{x}',
    '\\url{//e.vil}',
  ])('%s neither links, loads nor styles', (latex) => {
    const place = element()
    drawFormula(place, latex, { display: false })
    expect(place.querySelector('a, img, [style*="position: fixed"]')).toBeNull()
  })

  test('a wrong one shows its source', async () => {
    const { dom } = open('<p><span data-type="inlineMath">\\frac{1</span></p>')
    await vi.waitFor(() => expect(dom.querySelector('.formula-wrong')).not.toBeNull())
    expect(dom.querySelector('.formula-wrong')?.textContent).toBe('\\frac{1')
  })
})

test('a mention of a document leads there; one from the wire that leads nowhere is text', () => {
  const { editor, dom } = open(
    '<p><a data-type="mention" data-kind="document" data-id="abc" data-label="Notes" href="/x">n</a><a data-type="mention" data-kind="document" data-id="../x" data-label="Trap">n</a></p>',
  )
  expect([...dom.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(['/d/abc'])
  expect(editor.getText()).toBe('NotesTrap')
})

test('a callout has a kind of ours, and a day that is none a question mark', () => {
  const { editor, dom } = open('<div data-type="callout" data-kind="tip"><p>a</p></div>')
  editor.commands.updateAttributes('callout', { kind: 'x" onclick="y' })
  expect(dom.querySelector<HTMLElement>('.callout')?.dataset['kind']).toBe('note')
  expect(dayForPeople('2026-11-22')).toMatch(/2026/)
  expect(dayForPeople('2026-02-30')).toBe('?')
  expect(dayForPeople('<img>')).toBe('?')
})
