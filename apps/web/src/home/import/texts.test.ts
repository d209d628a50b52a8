import { writeMarkdown } from '@tandem/schema/export'
import { expect, test } from 'vitest'
import { decodeText } from './decode-text.ts'
import { textToDocument } from './text-to-document.ts'

test.each([
  ['a\nb\n\nc', 'a\\\nb\n\nc\n'],
  ['a\r\n\r\n\r\nb\r\n', 'a\n\nb\n'],
  ['# not a heading\n* nor a list', '\\# not a heading\\\n\\* nor a list\n'],
  ['', ''],
])('plain text %j stays what it says', (text, markdown) => expect(writeMarkdown(textToDocument(text))).toBe(markdown))

test.each([
  [Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), {}, 'a'],
  [Uint8Array.of(0xff, 0xfe, 0x61, 0), {}, 'a'],
  [Uint8Array.of(0xfe, 0xff, 0, 0x61), {}, 'a'],
  [new TextEncoder().encode('ü'), {}, 'ü'],
  [Buffer.from('<meta charset="windows-1252">\u00fc', 'latin1'), { html: true }, '<meta charset="windows-1252">ü'],
  [Buffer.from('<meta charset="no such">a'), { html: true }, '<meta charset="no such">a'],
])('%o with %o reads %j', (bytes, options, text) => expect(decodeText(bytes, options)).toBe(text))

test('what is none of that is refused in words', () => {
  expect(() => decodeText(Uint8Array.of(0xc3, 0x28))).toThrow(/not UTF-8/)
})
