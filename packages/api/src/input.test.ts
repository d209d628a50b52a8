import { LIMITS } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import { FileName, Markdown, PersonName, Title } from './input.ts'

describe('Title', () => {
  test('is one line without control characters and direction overrides', () => {
    expect(Title.parse(' Plans\nfor \u202Egnirps\u202C ')).toBe('Plans for  gnirps')
  })

  test('holds LIMITS.titleLength characters and not one more', () => {
    expect(Title.parse('x'.repeat(LIMITS.titleLength))).toHaveLength(LIMITS.titleLength)
    expect(Title.safeParse('x'.repeat(LIMITS.titleLength + 1)).success).toBe(false)
  })
})

describe('PersonName', () => {
  test('counts what a reader counts', () => {
    expect(PersonName.safeParse('👩‍👩‍👧‍👦'.repeat(10)).success).toBe(true)
    expect(PersonName.safeParse('x'.repeat(65)).success).toBe(false)
  })

  test('is not empty, nor made of what nobody sees', () => {
    expect(PersonName.safeParse(' \u200B\u202E ').success).toBe(false)
    expect(PersonName.parse('Ann\u202E\u0000')).toBe('Ann')
  })
})

describe('Markdown', () => {
  test('is bytes, or base64 of the same bytes', () => {
    expect(Markdown.parse(Uint8Array.of(35, 32, 72))).toEqual(Uint8Array.of(35, 32, 72))
    expect([...Markdown.parse('IyBI')]).toEqual([35, 32, 72])
  })

  test('that is no base64 is refused, not read as far as it goes', () => {
    for (const text of ['IyB', 'Iy BI', 'IyBI!', '=']) expect(Markdown.safeParse(text).success).toBe(false)
  })

  test('over LIMITS.importBytes is refused by the limit’s name', () => {
    const bytes = new Uint8Array(LIMITS.importBytes + 1)
    for (const input of [bytes, Buffer.from(bytes).toString('base64')]) {
      expect(JSON.stringify(Markdown.safeParse(input).error?.issues)).toContain('LIMITS.importBytes')
    }
    expect(Markdown.safeParse(Buffer.alloc(LIMITS.importBytes).toString('base64')).success).toBe(true)
  })
})

test('a file name that is longer than a title is cut, not refused', () => {
  expect(FileName.parse('x'.repeat(1000))).toHaveLength(LIMITS.titleLength)
})
