import { expect, test } from 'vitest'
import { EditingDigest, sectionAt } from './editing-digest.ts'

test('says who edits where, once, and no more than a sentence in ten seconds', () => {
  const digest = new EditingDigest()
  const note = (name: string, place: string, nowMs: number) => digest.note({ name, place, nowMs })
  expect(note('Ana', 'section 2, Plan', 0)).toBe('Ana is editing section 2, Plan')
  expect(note('Bob', 'the text', 5_000)).toBeUndefined()
  expect(note('Ana', 'section 2, Plan', 20_000)).toBeUndefined()
  expect(note('Bob', 'the text', 20_000)).toBe('Bob is editing the text')
  expect(note('Ana', 'section 3, End', 30_000)).toBe('Ana is editing section 3, End')
  expect(note('Ana', 'section 3, End', 149_999)).toBeUndefined()
  expect(note('Ana', 'section 3, End', 150_000)).toBe('Ana is editing section 3, End')
})

test('a section is named by the heading above, in its place among them', () => {
  const headings = [
    { at: 5, text: 'Plan' },
    { at: 20, text: 'x'.repeat(100) },
  ]
  expect(sectionAt([], 3)).toBe('the text')
  expect(sectionAt(headings, 3)).toBe('the beginning')
  expect(sectionAt(headings, 5)).toBe('section 1, Plan')
  expect(sectionAt(headings, 19)).toBe('section 1, Plan')
  expect(sectionAt(headings, 90)).toBe(`section 2, ${'x'.repeat(60)}…`)
})
