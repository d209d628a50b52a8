// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { getSchema } from '@tiptap/core'
import { DOMParser } from '@tiptap/pm/model'
import { expect, test } from 'vitest'
import { cleanHtml } from './clean-html.ts'

const parser = DOMParser.fromSchema(getSchema(documentExtensions()))

/** Blocks of the document by their names, with their text. */
function pasted(html: string): string[] {
  const body = document.createElement('div')
  body.innerHTML = cleanHtml(html).html
  const doc = parser.parse(body)
  doc.check()
  return doc.children.map(({ type, textContent }) => `${type.name}(${textContent})`)
}

test.each([
  ['an element each', '<pre><div>a</div><div>b</div><div>c</div></pre>', 'a\nb\nc'],
  ['elements within the code', '<pre><code><div>a</div><div>b</div></code></pre>', 'a\nb'],
  ['elements in elements', '<pre><div><p>a <b>b</b></p></div><ol><li>c</li><li>d</li></ol></pre>', 'a b\nc\nd'],
  ['elements that are shown as such', '<pre><span style="display:block">a</span><span>b</span></pre>', 'a\nb'],
  ['elements and plain text', '<pre>a<div>b</div>c\n<div>d</div></pre>', 'a\nb\nc\nd'],
  ['elements that end with breaks', '<pre><div>a<br></div><div>b\n</div></pre>', 'a\nb'],
  ['breaks', '<pre><code>a<br>b<br></code></pre>', 'a\nb'],
  ['what a task or a heading would begin with', '<pre><div>[ ] a</div><h1>b</h1></pre>', '[ ] a\nb'],
  ['a button above them', '<pre><div><button>Copy</button></div><div>a</div><div>b</div></pre>', 'a\nb'],
])('lines of code stay lines: %s', (_, html, code) => {
  expect(pasted(html)).toEqual([`codeBlock(${code})`])
})

test.each([
  ['a break between elements', '<pre><div>a</div><br><span>b</span></pre>', 'a\n\nb'],
  ['a break before them', '<pre><br><div>a</div></pre>', '\na'],
  ['a break in one of them', '<pre><div>a</div><div><br></div><div>b</div></pre>', 'a\n\nb'],
  ['none where an element is empty', '<pre><div>a</div><div></div><div>b</div></pre>', 'a\nb'],
  ['none for the break that a browser adds', '<pre>a<div>b</div><br class="Apple-interchange-newline"></pre>', 'a\nb'],
])('code has the empty lines that the page shows: %s', (_, html, code) => {
  expect(pasted(html)).toEqual([`codeBlock(${code})`])
})

test('code in lines keeps its language', () => {
  expect(cleanHtml('<pre>\n <code class="language-go"><div>a</div><div>b</div></code></pre>').html).toBe(
    '<pre><code class="language-go"> \na\nb</code></pre>',
  )
})

test('what is more than code stays what it is', () => {
  expect(pasted('<pre><div>a</div><img src="https://a.example/b.png"></pre>')).toEqual(['codeBlock(a)', 'image()'])
  const table = (code: string) =>
    `<pre><table><tbody><tr><td><pre>${code}</pre></td><td>a</td></tr></tbody></table></pre>`
  expect(cleanHtml(table('1<br>2')).html).toBe(table('<code>1\n2</code>'))
})

test('the language above the code of a chat is its language, not a line of it', () => {
  const chat = (header: string, code: string, className = '') =>
    `<pre class="overflow-visible!"><div class="contain-inline-size"><div class="flex items-center">${header}</div><div class="sticky"><button>Copy code</button></div><div class="overflow-y-auto" dir="ltr"><code class="whitespace-pre! ${className}"><span><span class="hljs-keyword">${code}</span></span></code></div></div></pre>`
  expect(cleanHtml(chat('python', 'a = 1\nb = 2')).html).toContain('language-python')
  expect(pasted(chat('python', 'a = 1\nb = 2'))).toEqual(['codeBlock(a = 1\nb = 2)'])
  expect(cleanHtml(chat('Shell', 'ls', 'language-bash')).html).not.toContain('language-shell')
  expect(pasted(chat('c++', 'int a;\n'))).toEqual(['codeBlock(int a;\n)'])
  // Lines of the code itself.
  expect(pasted(chat('python main.py', 'a'))).toEqual(['codeBlock(python main.py\na)'])
  expect(pasted('<pre><code>a</code><div>b</div></pre>')).toEqual(['codeBlock(a\nb)'])
  expect(pasted(chat('c', 'b'))).toEqual(['codeBlock(c\nb)'])
  expect(pasted(chat('hello', 'b'))).toEqual(['codeBlock(hello\nb)'])
  expect(pasted('<pre><div>a</div><code>b</code>c</pre>')).toEqual(['codeBlock(a\nbc)'])
  expect(pasted('<pre>go <code>a</code></pre>')).toEqual(['codeBlock(go a)'])
})
