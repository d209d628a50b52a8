import { describe, expect, test } from 'vitest'
import { cleanName, contentDisposition } from './uploads-name.ts'

test.each([
  ['a plan.pdf', 'a plan.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\system32\\evil.exe', 'evil.exe'],
  ['/abs/olute.txt', 'olute.txt'],
  ['a\0b\r\nc.txt', 'a b c.txt'],
  ['..', 'file'],
  ['', 'file'],
  ['photo\u202Egpj.exe', 'photogpj.exe'],
  ['.bashrc', 'bashrc'],
  ['e\u0301.txt', 'é.txt'],
  ['‥／‥', '‥／‥'],
  ['👩‍👩‍👧.png', '👩‍👩‍👧.png'],
  ['\uD800.txt', '\uFFFD.txt'],
])('%j is shown as %j', (given, shown) => expect(cleanName(given)).toBe(shown))

test('a long name keeps its ending, and is never longer than the limit', () => {
  const name = cleanName(`${'ä'.repeat(4_096)}.pdf`)
  expect(name).toHaveLength(120)
  expect(name.endsWith('….pdf')).toBe(true)
  expect(cleanName(`a.${'x'.repeat(4_096)}`)).toHaveLength(120)
})

describe('content-disposition', () => {
  test('has the name for old and new readers, and nothing can end it early', () => {
    expect(contentDisposition('attachment', 'ä "b"\\;%41.pdf')).toBe(
      'attachment; filename="_ _b__;_41.pdf"; filename*=UTF-8\'\'%C3%A4%20%22b%22%5C%3B%2541.pdf',
    )
    expect(contentDisposition('inline', "it's (1)*.png")).toContain("filename*=UTF-8''it%27s%20%281%29%2A.png")
  })

  test('is always plain ASCII', () => {
    for (const name of ['漢字\r\nset-cookie: a=b', '\uD800', '\u202E'])
      expect(contentDisposition('attachment', name)).toMatch(/^[\x20-\x7E]+$/)
  })
})
