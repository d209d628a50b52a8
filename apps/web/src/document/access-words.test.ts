import { expect, test } from 'vitest'
import { accessWords } from './access-words.ts'

test('who may still read is offered to open it again; who may not is told whom to ask', () => {
  expect(accessWords({ may: 'reading', wasOpen: true, ownerName: 'Ann' })).toMatchObject({
    title: expect.stringContaining('read this document'),
    text: expect.stringContaining('Ask Ann'),
    remedy: 'open-again',
  })
  expect(accessWords({ may: 'writing', wasOpen: true, ownerName: 'Ann' })).toMatchObject({
    title: 'You can edit this document now',
    remedy: 'open-again',
  })
  expect(accessWords({ may: 'none', wasOpen: true, ownerName: 'Ann' })).toMatchObject({
    title: 'You no longer have access to this document',
    text: expect.stringContaining('Ask Ann'),
    remedy: 'home',
  })
})

test('who never had access is not told whose document it is', () => {
  const words = accessWords({ may: 'none', wasOpen: false, ownerName: undefined })
  expect(words.text).toContain('Ask its owner')
  expect(words.title).toBe('You have no access to this document')
})

test('nothing is said to be lost before the server has been asked', () => {
  expect(accessWords({ may: 'asking', wasOpen: true, ownerName: 'Ann' }).title).not.toContain('no longer')
})
