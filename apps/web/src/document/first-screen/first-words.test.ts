// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest'
import { pictureOf } from './first-screen-picture.ts'
import { keepScreen } from './first-screen-storage.ts'
import { firstWordsOf } from './first-words.ts'

beforeEach(() => localStorage.clear())

function wordsOf(html: string): string | undefined {
  const text = document.createElement('div')
  text.innerHTML = html
  keepScreen('user-ann', 'document-1', { top: 96, blocks: pictureOf(text, 1_000) }, 1)
  return firstWordsOf('user-ann', 'document-1')
}

test('the first words stand in one line, block after block', () => {
  expect(wordsOf('<h1>Shopping</h1><p>Milk,  <strong>br</strong>ead\nand tea</p>')).toBe('Shopping Milk, bread and tea')
  expect(wordsOf('<ul><li><p>one</p></li><li><p>two</p></li></ul>')).toBe('one two')
  expect(wordsOf('<p>three<br>four</p><table><tbody><tr><td>five</td><td>six</td></tr></tbody></table>')).toBe(
    'three four five six',
  )
})

test('what is pressed is no text, and a document without words has none', () => {
  expect(wordsOf('<div><button>Copy</button><pre><code>let x</code></pre></div>')).toBe('let x')
  expect(
    wordsOf('<ul data-type="taskList"><li><label><input type="checkbox">Done</label><div><p>call</p></div></li></ul>'),
  ).toBe('call')
  expect(wordsOf('<p><br></p><hr><img src="/files/x">')).toBeUndefined()
})

test('what is longer than a line is cut behind a word, or within one that is longer itself', () => {
  const cut = wordsOf(`<p>${'words and '.repeat(20)}</p>`)
  expect(cut).toMatch(/^(words and )+(words|words and)…$/)
  expect(cut?.length).toBeLessThanOrEqual(81)
  expect(wordsOf(`<p>${'x'.repeat(200)}</p>`)).toBe(`${'x'.repeat(80)}…`)
})

test('another account, another document and what nobody could have kept have none', () => {
  wordsOf('<p>of Ann</p>')
  expect(firstWordsOf('user-bob', 'document-1')).toBeUndefined()
  expect(firstWordsOf('user-ann', 'document-2')).toBeUndefined()
  for (const block of [7, null, { tag: 'p' }, [], [['p'], {}, 'x'], ['p', null, 7]]) {
    keepScreen('user-ann', 'document-1', { top: 96, blocks: [block as never] }, 1)
    expect(firstWordsOf('user-ann', 'document-1')).toBeUndefined()
  }
})
