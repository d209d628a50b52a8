// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { cleanHtml, isOnlyLook } from './clean-html.ts'

test('of Word: a sign within its symbol font, which a span of its own says again', () => {
  const font = 'mso-char-type:symbol;mso-symbol-font-family:Wingdings'
  const { html } = cleanHtml(`<span style="font-family:Wingdings;${font}"><span style="${font}">à</span></span>`)
  expect(html).toContain('>→<')
})

test('of Excel: a rule that does not end takes nothing from the next one', () => {
  const sheet = '<style>.xl64 {color:red .xl65 {font-weight:700}</style>'
  const { html } = cleanHtml(`${sheet}<table><tr><td class="xl64">a</td><td class="xl65">b</td></tr></table>`)
  expect(html).toContain('<td class="xl64">a</td><td class="xl65"><b>b</b></td>')
})

test.each([
  ['font-family: Bold Font, Italic', true],
  ['text-underline-offset: auto', true],
  ['text-decoration: none; --name: line-through', true],
  ['font-weight: 400; font-style: normal', true],
  ['font-weight: bolder', false],
  ['font: italic 12px Arial', false],
  ['text-decoration-line: underline', false],
  ['text-decoration: line-through red', false],
])('whether HTML only says how it looked, by its properties: %s', (style, isLook) => {
  expect(isOnlyLook(`<div><span style="${style}">a</span></div>`)).toBe(isLook)
})
