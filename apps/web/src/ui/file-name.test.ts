import { expect, test } from 'vitest'
import { fileName } from './file-name.ts'

test.each([
  ['Plan', 'Plan.md'],
  ['  Über uns, 2026: Q1/Q2?  ', 'Über uns, 2026 Q1 Q2.md'],
  ['../../etc/passwd', 'etc passwd.md'],
  ['..\\..\\x', 'x.md'],
  ['=cmd|/c calc', 'cmd c calc.md'],
  ['@SUM(A1)', 'SUM(A1).md'],
  ['.hidden', 'hidden.md'],
  ['-rf', 'rf.md'],
  ['a\r\nb\0c\u001Bd', 'a b c d.md'],
  ['invoice\u202Efdp.exe', 'invoice fdp.exe.md'],
  ['con', 'con file.md'],
  ['NUL.txt', 'NUL file.txt.md'],
  ['console', 'console.md'],
  ['name. . .', 'name.md'],
  ['', 'Untitled.md'],
  ['\u200B\u2028', 'Untitled.md'],
  ['日本語 🚢', '日本語 🚢.md'],
])('a document called %j is %j', (title, name) => expect(fileName(title, 'md')).toBe(name))

test('a name is short, and cut between letters', () => {
  const name = fileName('🚢'.repeat(300), 'docx')
  expect(name).toBe(`${'🚢'.repeat(60)}.docx`)
  expect(new TextEncoder().encode(name).length).toBeLessThan(255)
})
