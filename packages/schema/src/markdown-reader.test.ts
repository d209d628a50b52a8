import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalised } from '../test/documents.ts'
import { readMarkdown } from './markdown-reader.ts'

const SIGNS = [
  ['# ', '###### ', '> ', '>', '- ', '* ', '+ ', '1. ', '23) ', '- [ ] ', '- [x] ', '    ', '  ', '\t', '```', '~~~'],
  ['```js ', '---', '===', '***', '| ', ' |', '|---|', '|:-:|--:|', '|', '**', '*', '_', '__', '~~', '`', '``', '['],
  [']', '](', '](<', ')', '![', '!', '\\', '<', '>', '<u>', '</u>', '<b>', '</i>', '<br>', '<div>', '</div>', '<!-- '],
  [' -->', '<?', '<a href="', '">', '&amp;', '&', '"', "'", ':', 'https://e.com/', 'javascript:', 'data:', '\r\n', ' '],
  ['---\ntitle: '],
].flat()

/** Words `w1w`, `w2w` … among whatever Markdown has for signs, in lines. */
const markdown = fc
  .array(fc.oneof(fc.constantFrom(...SIGNS), fc.constant('word'), fc.constantFrom('\n', '\n\n')), { maxLength: 40 })
  .map((parts) => parts.map((part, index) => (part === 'word' ? `w${index}w` : part)).join(''))

test('no word of any text is lost, and what comes out is always of our schema', () => {
  fc.assert(
    fc.property(markdown, (text) => {
      const document = readMarkdown(text)
      const everything = JSON.stringify(normalised(document))
      for (const [word] of text.matchAll(/w\d+w/g)) expect(everything, text).toContain(word)
    }),
    { numRuns: Number(process.env.RUNS ?? 500) },
  )
}, 60_000)
