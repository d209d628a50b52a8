// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { emojiItems } from './emoji-items.ts'
import { mentionItems } from './mention-items.ts'
import { isoDay, slashItems } from './slash-items.ts'
import { SuggestMenu } from './suggest-menu.ts'
import { Suggest } from './suggest.ts'

// An editor for each line, on a machine that may be busy; nothing here is about time.
vi.setConfig({ testTimeout: 60_000 })

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

const dialogs = { image: () => undefined, file: () => undefined }
const people = [
  { userId: 'u1', name: 'Ana Ruiz', color: '#123456' },
  { userId: 'u2', name: 'Ben', color: '#123456' },
  { userId: 'u1', name: 'Ana Ruiz', color: '#123456' },
]

/** An editor with its menu, in words of what a person does. */
function open(content = '') {
  const menu = new SuggestMenu({
    slash: (query) => slashItems(query, dialogs, new Date(2026, 10, 22)),
    emoji: async (query) => emojiItems(query),
    mention: (query) => mentionItems(query, people, [{ documentId: 'd1', title: 'Notes on Ana' }]),
  })
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({ element, content, extensions: [...documentExtensions(), Suggest.configure({ menu })] })
  editors.push(editor)
  editor.commands.setTextSelection(editor.state.doc.content.size - 1)
  return {
    editor,
    menu,
    type: (text: string) => {
      for (const letter of text) editor.view.dispatch(editor.state.tr.insertText(letter))
    },
    press: (key: string) =>
      editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, new KeyboardEvent('keydown', { key }))) ===
      true,
    shown: () => menu.getSnapshot()?.items.map(({ label }) => label),
    active: () => menu.getSnapshot()?.items[menu.getSnapshot()?.active ?? -1]?.label,
  }
}

describe('the menu behind /', () => {
  test('is there as soon as the sign is typed, narrows by the words, and writes nothing before one is picked', () => {
    const { editor, type, shown, press } = open('<p>Hello</p>')
    type(' /')
    expect(shown()).toEqual(expect.arrayContaining(['Heading 1', 'Table', 'Warning', 'Image', 'Today']))
    type('head')
    expect(shown()).toEqual(['Heading 1', 'Heading 2', 'Heading 3'])
    expect(editor.getText()).toBe('Hello /head')
    expect(press('ArrowDown')).toBe(true)
    expect(press('Enter')).toBe(true)
    expect(editor.getHTML()).toBe('<h2>Hello </h2>')
  })

  test('arrows go around', () => {
    const { type, press, active } = open()
    type('/head')
    press('ArrowUp')
    expect(active()).toBe('Heading 3')
    press('ArrowDown')
    expect(active()).toBe('Heading 1')
  })

  test('Escape closes it, and typing on does not bring it back', () => {
    const { type, press, shown, editor } = open()
    type('/he')
    expect(press('Escape')).toBe(true)
    type('ad')
    expect(shown()).toBeUndefined()
    type(' /')
    expect(shown()).toBeDefined()
    expect(editor.getText()).toBe('/head /')
  })

  test('a caret that comes by opens nothing', () => {
    const { editor, shown } = open('<p>a /b</p><p>c</p>')
    editor.commands.setTextSelection(5)
    expect(shown()).toBeUndefined()
  })

  test('nor do these signs in code, within words, or when nothing fits', () => {
    for (const [content, text] of [
      ['<pre><code>x</code></pre>', ' /h'],
      ['<p>either</p>', '/or'],
      ['<p>a</p>', ' / b'],
      ['<p></p>', '/nothingfits'],
    ] as const) {
      const { type, shown } = open(content)
      type(text)
      expect(shown(), text).toBeUndefined()
    }
  })

  const firstLine = (editor: Editor) => editor.state.doc.firstChild?.textContent

  test('Enter ends a line that only looks like asking for something; arrows, Tab and more letters ask', async () => {
    for (const text of ['Points :', 'great job :D', 'so :p', 'either /or', 'and /', 'mail @']) {
      const { editor, type, press, shown } = open('<p>x </p>')
      type(text)
      await Promise.resolve()
      await Promise.resolve()
      press('Enter')
      expect(firstLine(editor), text).toBe(`x${text}`)
      expect(shown(), text).toBeUndefined()
    }
    for (const [text, keys] of [
      ['so :sm', ['Enter']],
      ['so :p', ['ArrowDown', 'Enter']],
      ['so :p', ['Tab']],
      ['then /tab', ['Enter']],
      ['mail @A', ['Enter']],
    ] as const) {
      const { editor, type, press } = open('<p>x </p>')
      type(text)
      for (let tick = 0; tick < 5; tick += 1) await Promise.resolve()
      for (const key of keys) expect(press(key), text).toBe(true)
      for (let tick = 0; tick < 5; tick += 1) await Promise.resolve()
      expect(firstLine(editor), text).not.toBe(`x${text}`)
    }
    const { editor, type, press } = open('<p></p>')
    type('/or') // a line of its own
    expect(press('Enter')).toBe(true)
    expect(editor.getText()).not.toContain('/')
  })

  test('every line does what it says, and leaves a whole document', () => {
    for (const { label, id } of slashItems('', dialogs)) {
      const { editor, type, press, menu } = open('<p>text</p>')
      type(' /')
      menu.activate(menu.getSnapshot()!.items.findIndex((item) => item.id === id))
      press('Tab')
      editor.state.doc.check()
      expect(editor.getText(), label).not.toContain('/')
      if (!['text', 'image', 'file'].includes(id)) expect(editor.getHTML(), label).not.toBe('<p>text </p>')
    }
  })

  test('dates are days of the calendar', () => {
    const { editor, type, press } = open()
    type('/tomorrow')
    press('Enter')
    expect(editor.getHTML()).toContain('<time datetime="2026-11-23">')
    expect(isoDay(new Date(987, 0, 5))).toBe('0987-01-05')
  })
})

describe('the menu behind @', () => {
  test('has people once, then documents', () => {
    const { editor, type, press, shown } = open()
    type('@an')
    expect(shown()).toEqual(['Ana Ruiz', 'Notes on Ana'])
    press('Enter')
    expect(editor.getHTML()).toBe(
      '<p><span data-type="mention" data-kind="person" data-id="u1" data-label="Ana Ruiz">@Ana Ruiz</span> </p>',
    )
  })
})

describe('the menu behind :', () => {
  test('finds emoji by name, the name before what has to do with it', async () => {
    const { editor, type, press, shown } = open()
    type(':rocket')
    await Promise.resolve()
    await Promise.resolve()
    expect(shown()?.[0]).toBe(':rocket:')
    press('Tab')
    expect(editor.getText()).toBe('🚀 ')
  })

  test('Enter before the answer waits for it, and typing on forgets that it was pressed', async () => {
    const answers: (() => void)[] = []
    const menu = new SuggestMenu({
      slash: () => [],
      mention: () => [],
      emoji: (query) => new Promise((resolve) => answers.push(() => resolve(emojiItems(query)))),
    })
    const picked: (string | undefined)[] = []
    const enter = () => menu.whenCurrent(() => picked.push(menu.getSnapshot()?.items[0]?.label))
    menu.ask({ kind: 'emoji', query: 'rocke', from: 1, to: 6 })
    enter()
    menu.ask({ kind: 'emoji', query: 'rocket', from: 1, to: 7 })
    enter()
    expect(picked).toEqual([])
    for (const answer of answers) answer()
    for (let tick = 0; tick < 3; tick++) await Promise.resolve()
    expect(picked).toEqual([':rocket:'])
  })

  test('an answer that comes too late is not shown', async () => {
    const answers: (() => void)[] = []
    const menu = new SuggestMenu({
      slash: () => [],
      mention: () => [],
      emoji: (query) => new Promise((resolve) => answers.push(() => resolve(emojiItems(query)))),
    })
    menu.ask({ kind: 'emoji', query: 'cat', from: 1, to: 5 })
    menu.ask({ kind: 'emoji', query: 'dog', from: 1, to: 5 })
    for (const answer of answers.toReversed()) answer()
    for (let tick = 0; tick < 3; tick++) await Promise.resolve()
    expect(menu.getSnapshot()?.items[0]?.label).toBe(':dog:')
  })
})
