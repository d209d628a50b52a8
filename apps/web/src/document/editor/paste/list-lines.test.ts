// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { listsOf, numberOf } from './list-lines.ts'

test.each([
  ['Article I.', 1, 'I'],
  ['XVIII.', 18, 'I'],
  ['3)', 3, '1'],
  ['7', 7, '1'],
  ['④', 4, '1'],
  ['1-', 1, '1'],
  ['bb.', 28, 'a'],
])('%s is a number', (sign, value, kind) => expect(numberOf(sign)).toEqual({ value, kind }))

test.each(['o', 'v', 'Ø', '·', '§', '', '•', '–'])('%s is a bullet', (sign) => expect(numberOf(sign)).toBeUndefined())

test('letters and Roman numbers are told apart by what came before', () => {
  expect(numberOf('c.', { value: 2, kind: 'a' })).toEqual({ value: 3, kind: 'a' })
  expect(numberOf('i.', { value: 8, kind: 'a' })).toEqual({ value: 9, kind: 'a' })
  expect(numberOf('i.')).toEqual({ value: 1, kind: 'i' })
  expect(numberOf('v.', { value: 4, kind: 'i' })).toEqual({ value: 5, kind: 'i' })
})

test('a line with another kind of sign begins another list', () => {
  const line = (sign: string, text: string) => ({ level: 1, number: numberOf(sign), content: [new Text(text)] })
  const lists = listsOf([line('1.', 'a'), line('•', 'b'), line('1.', 'c'), line('b.', 'd')], document)
  expect(lists.map(({ outerHTML }) => outerHTML)).toEqual([
    '<ol><li>a</li></ol>',
    '<ul><li>b</li></ul>',
    '<ol><li>c</li></ol>',
    '<ol start="2" type="a"><li>d</li></ol>',
  ])
})
