// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { expect, test } from 'vitest'
import { countWords, headingsOf } from './headings.ts'

test('headings in order, also within callouts and toggles, without empty ones', () => {
  const editor = new Editor({
    extensions: documentExtensions(),
    content:
      '<h1>A</h1><h2></h2><div data-type="callout"><h3> B </h3></div><details><summary>s</summary><div data-type="detailsContent"><h2>C</h2></div></details>',
  })
  const headings = headingsOf(editor.state.doc)
  expect(headings.map(({ level, text }) => [level, text])).toEqual([
    [1, 'A'],
    [3, 'B'],
    [2, 'C'],
  ])
  for (const { at, text } of headings) expect(editor.state.doc.nodeAt(at)?.textContent.trim()).toBe(text)
  editor.destroy()
})

test.each([
  ['', 0],
  ['One, two; three!', 3],
  ["It's 3.5 well-known Übergrößen", 4],
  ['日本語 text', 4],
  ['- — …', 0],
])('%j has %i words', (text, words) => {
  expect(countWords(text)).toBe(words)
})
