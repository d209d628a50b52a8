// @vitest-environment jsdom
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { documentExtensions } from '@tandem/schema'
import * as markdown from '@tandem/schema/markdown'
import { Editor, type JSONContent } from '@tiptap/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { looksLikeMarkdown } from './looks-like-markdown.ts'
import { hueOf } from './nearest-colour.ts'
import { PASTE_RULES, Paste } from './paste.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

/** An editor that has been focused, with what reads Markdown. */
async function focused(content = '', loadReader = async () => markdown): Promise<Editor> {
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({
    element,
    content,
    extensions: [...documentExtensions(), Paste.configure({ loadReader })],
    enablePasteRules: PASTE_RULES,
  })
  editors.push(editor)
  editor.view.dom.dispatchEvent(new FocusEvent('focus'))
  for (let tick = 0; tick < 5; tick++) await Promise.resolve() // the reader is a promise of its own
  return editor
}

const event = () => new Event('paste') as ClipboardEvent // jsdom has no ClipboardEvent

/** What is on the clipboard, by type, as the browser hands it over. */
function paste(editor: Editor, clipboard: Readonly<Record<string, string>>): void {
  const clipboardData = { types: Object.keys(clipboard), files: [], getData: (type: string) => clipboard[type] ?? '' }
  editor.view.dom.dispatchEvent(
    Object.assign(new Event('paste', { bubbles: true, cancelable: true }), { clipboardData }),
  )
}

/** Blocks by names and texts, marks behind the text; paragraphs are their text. */
function outline({ type, text, marks = [], attrs = {}, content = [] }: JSONContent): string {
  if (text !== undefined)
    return [
      text.trim(),
      ...marks.map(({ type: mark, attrs: of }) => (of?.['color'] ? `${mark}=${of['color']}` : mark)),
    ].join(':')
  const inside = content
    .map(outline)
    .filter((part) => part !== '')
    .join(' ')
  const about = attrs['checked'] === true ? ' done' : (attrs['kind'] ?? attrs['language'] ?? '')
  return type === 'paragraph' ? inside : `${type}${about === '' ? '' : `[${String(about).trim()}]`}(${inside})`
}

async function pasted(file: string): Promise<string[]> {
  const editor = await focused()
  editor.view.pasteHTML(readFileSync(join(import.meta.dirname, 'fixtures', `${file}.html`), 'utf8'), event())
  editor.state.doc.check()
  return (editor.getJSON().content ?? []).map(outline).filter((block) => block !== '')
}

describe('what is copied in', () => {
  test('Google Docs', async () => {
    expect(await pasted('google-docs')).toEqual([
      'heading(Trip plan)',
      'We leave early:bold on Monday:italic:highlight=green , see the map:link .',
      'bulletList(listItem(Tent bulletList(listItem(Pegs))) listItem(Stove))',
      'taskList(taskItem[done](Book the ferry))',
      'table(tableRow(tableCell(Day) tableCell(Place)))',
    ])
  })

  test('Word', async () => {
    expect(await pasted('word')).toEqual([
      'heading(Agenda)',
      'Please read the report:bold and the notes:italic before:highlight we meet.',
      'bulletList(listItem(Budget bulletList(listItem(Travel))) listItem(Hiring))',
      'Then:',
      'orderedList(listItem(Vote) listItem(Close))',
    ])
  })

  test('Notion', async () => {
    expect(await pasted('notion')).toEqual([
      'heading(Launch)',
      'Ship on Thursday:bold , not Friday:strike .',
      'taskList(taskItem[done](Changelog) taskItem(Announcement))',
      'bulletList(listItem(Plain bulletList(listItem(Nested))))',
      'callout[warning](Freeze starts on Wednesday.)',
      'blockquote(Done is better.)',
      'codeBlock[typescript](const done = true)',
    ])
  })

  test('Google Sheets', async () => {
    expect(await pasted('google-sheets')).toEqual([
      'table(tableRow(tableCell(Item:bold) tableCell(Price:bold)) tableRow(tableCell(Tea) tableCell(€3.50)))',
    ])
  })
})

test('pasted HTML brings no style, class, script or frame into the document', async () => {
  const editor = await focused()
  editor.view.pasteHTML(
    '<p style="position:fixed" class="toolbar-row" onclick="x()">a<span data-color="red;background:url(//e.vil)">b</span></p><iframe src="//e.vil"></iframe><div data-type="callout" data-kind="x" style="inset:0"><p>c</p></div><img src=x onerror=y()>',
    event(),
  )
  expect(editor.getHTML()).not.toMatch(/style|class|onclick|onerror|vil|iframe/)
  expect(editor.getText()).toContain('ab')
})

describe('Markdown that is pasted as text', () => {
  test('becomes blocks', async () => {
    const editor = await focused('<p>before</p>')
    editor.commands.focus('end')
    paste(editor, { 'text/plain': '# Title\n\n- [x] done\n- [ ] open\n\n> [!TIP]\n> look' })
    expect((editor.getJSON().content ?? []).map(outline)).toEqual([
      'before',
      'heading(Title)',
      'taskList(taskItem[done](done) taskItem(open))',
      'callout[tip](look)',
      '',
    ])
  })

  test('joins the line that it is pasted into', async () => {
    const editor = await focused('<p>first</p>')
    editor.commands.setTextSelection(1)
    paste(editor, { 'text/plain': 'see the [notes](https://example.org)' })
    expect((editor.getJSON().content ?? []).map(outline)).toEqual(['see the notes:link first'])
  })

  test('is what a code editor has beside its colours; Markdown there, or text', async () => {
    const editor = await focused()
    const html = '<div style="font-family: monospace"><div><span style="color: #fff"># Title</span></div></div>'
    paste(editor, { 'text/plain': '# Title\n\n**b**', 'text/html': html, 'vscode-editor-data': '{}' })
    expect((editor.getJSON().content ?? []).map(outline)).toEqual(['heading(Title)', 'b:bold'])
    paste(editor, { 'text/plain': 'const a = 1\n', 'text/html': html, 'vscode-editor-data': '{}' })
    expect(editor.getText()).toContain('const a = 1')
  })

  test('is what stands in HTML that only says how it looked', async () => {
    const editor = await focused()
    const html =
      '<meta charset="utf-8"><span style="font-family: Arial; white-space: pre-wrap"># Title<br><br>a **b**</span>'
    paste(editor, { 'text/plain': '# Title\n\na **b**', 'text/html': html })
    expect((editor.getJSON().content ?? []).map(outline)).toEqual(['heading(Title)', 'a b:bold'])
    const other = await focused()
    paste(other, { 'text/plain': '# Title\n\na **b**', 'text/html': '<p># Title</p><p>a **b**</p>' })
    expect(other.getText()).toBe('# Title\n\na **b**')
  })

  test.each([
    'font-weight: bold',
    'font-weight: 700',
    'font-style: italic',
    'text-decoration: underline',
    'text-decoration: line-through',
  ])('is not what stands in HTML that says more: %s', async (style) => {
    const editor = await focused()
    paste(editor, { 'text/plain': '# Title\n\ntext', 'text/html': `<span style="${style}"># Title</span>` })
    expect((editor.getJSON().content ?? []).map(outline)[0]).toMatch(/^# Title:/)
  })

  test('stays text in code', async () => {
    const editor = await focused('<pre><code>x</code></pre>')
    editor.commands.setTextSelection(2)
    paste(editor, { 'text/plain': '# Title\n\n**bold**' })
    expect(editor.state.doc.firstChild?.textContent).toBe('x# Title\n\n**bold**')
  })

  describe('before it can be read', () => {
    const MARKDOWN = { 'text/plain': '**bold** words' }
    const shown = (editor: Editor) => (editor.getJSON().content ?? []).map(outline)
    /** With a caret after "first". */
    async function waiting() {
      const { promise, resolve, reject } = Promise.withResolvers<typeof markdown>()
      const editor = await focused('<p>first last</p>', () => promise)
      editor.commands.setTextSelection(6)
      const settle = async (settled: () => void) => {
        settled()
        for (let tick = 0; tick < 8; tick++) await Promise.resolve()
      }
      return { editor, arrive: () => settle(() => resolve(markdown)), fail: () => settle(() => reject(new Error())) }
    }

    test('becomes blocks once it can be, where it was pasted, before what was typed meanwhile', async () => {
      const { editor, arrive } = await waiting()
      paste(editor, MARKDOWN)
      expect(shown(editor)).toEqual(['first last'])
      editor.commands.insertContent(' typed')
      editor.commands.insertContentAt(1, 'By others: ', { updateSelection: false })
      await arrive()
      expect(shown(editor)).toEqual(['By others: first bold:bold words typed last'])
      const { $from, empty } = editor.state.selection
      expect([empty, $from.parent.textBetween(0, $from.parentOffset)]).toEqual([
        true,
        'By others: firstbold words typed',
      ])
    })

    test('replaces what was selected', async () => {
      const { editor, arrive } = await waiting()
      editor.commands.setTextSelection({ from: 1, to: 7 })
      paste(editor, MARKDOWN)
      await arrive()
      expect(shown(editor)).toEqual(['bold:bold wordslast'])
    })

    test('two of them stay in their order', async () => {
      const { editor, arrive } = await waiting()
      paste(editor, MARKDOWN)
      paste(editor, { 'text/plain': 'and **more**' })
      await arrive()
      expect(editor.getText()).toBe('firstbold wordsand more last')
    })

    test('is text when it cannot be read, or not for long', async () => {
      const heading = { 'text/plain': '# Title\n\ntext' }
      const asText = ['first# Title', 'text last']
      const { editor, fail } = await waiting()
      paste(editor, heading)
      await fail()
      expect(shown(editor)).toEqual(asText)
      vi.useFakeTimers()
      const late = await waiting()
      paste(late.editor, heading)
      await vi.advanceTimersByTimeAsync(4_900)
      expect(shown(late.editor)).toEqual(['first last'])
      await vi.advanceTimersByTimeAsync(200)
      vi.useRealTimers()
      expect(shown(late.editor)).toEqual(asText)
      await late.arrive()
      expect(shown(late.editor)).toEqual(asText)
    })

    test('that could not be had is asked for again by the next paste', async () => {
      const answers = [Promise.reject(new Error('offline')), Promise.resolve(markdown)]
      const editor = await focused('', () => answers.shift() ?? Promise.resolve(markdown))
      paste(editor, { 'text/plain': '# Title\n\ntext' })
      for (let tick = 0; tick < 8; tick++) await Promise.resolve()
      expect(shown(editor)).toEqual(['heading(Title)', 'text'])
    })

    test('is not written by who may only read by then, nor where the editor is gone', async () => {
      const { editor, arrive } = await waiting()
      paste(editor, MARKDOWN)
      editor.setEditable(false)
      await arrive()
      expect(editor.getText()).toBe('first last')
      const gone = await waiting()
      paste(gone.editor, MARKDOWN)
      gone.editor.destroy()
      await gone.arrive()
    })
  })

  test.each([
    ['a heading and text', '# A\n\ntext', true],
    ['a fence', 'Run:\n\n```sh\nnpm start;\n```\n', true],
    ['a table', '| a | b |\n| --- | --- |\n| c | d |', true],
    ['a link', 'see [this](https://example.org)', true],
    ['bold words', 'this is **very** good', true],
    ['a list', '- a\n- b', true],
    ['a sentence', 'Just a sentence - with a dash. # and * signs', false],
    ['two lines', 'first\nsecond', false],
    ['a price list', '2 * 3 * 4 = 24, $5 and $6', false],
    ['Python', '# reads it\nimport os\n\n# prints it\n\nprint(1)', false],
    ['JavaScript', 'const a = b[c](d);\n', false],
    ['C', '#include <a.h>\n\nint main() { return a**b; }', false],
    ['a glob', 'src/**/*.ts and test/**/*.ts', false],
  ])('%s', (_name, text, expected) => {
    expect(looksLikeMarkdown(text)).toBe(expected)
  })
})

test.each([
  ['rgb(255, 242, 204)', 'yellow'],
  ['#b6d7a8', 'green'],
  ['#f4cccc', 'red'],
  ['#d9d2e9', 'purple'],
  ['aqua', 'blue'],
  ['rgb(217, 217, 217)', 'grey'],
  ['transparent', undefined],
  ['rgba(255, 0, 0, 0)', undefined],
  ['#ffffff', undefined],
  ['url(x)', undefined],
])('a background %s is %s', (style, colour) => {
  expect(hueOf(style)).toBe(colour)
})
