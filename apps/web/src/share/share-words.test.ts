import { expect, test } from 'vitest'
import {
  askedWords,
  generalWords,
  handOverWords,
  inviteWords,
  moreByAddress,
  removalWords,
  requestsWords,
  roleWords,
  wishWords,
} from './share-words.ts'

test('a commenter is said to be able to view: nothing comes of a comment yet', () => {
  expect([roleWords('owner'), roleWords('editor'), roleWords('commenter'), roleWords('viewer')]).toEqual([
    'Owner',
    'Can edit',
    'Can view',
    'Can view',
  ])
  expect([generalWords('editor'), generalWords('commenter'), generalWords(null)]).toEqual([
    'Anybody with the address can edit',
    'Anybody with the address can view',
    'Only people who were given a role',
  ])
})

test('what is asked for is said to both sides, and how many ask only when somebody does', () => {
  expect([askedWords('editor'), askedWords('viewer')]).toEqual([
    'You asked to edit this document',
    'You asked to view this document',
  ])
  expect(wishWords({ role: 'viewer', isGuest: true })).toBe('Guest on one device, asks to view')
  expect(wishWords({ role: 'editor', isGuest: false })).toBe('Asks to edit')
  expect([undefined, 0, 1, 2].map(requestsWords)).toEqual([
    undefined,
    undefined,
    '1 person asks for access',
    '2 people ask for access',
  ])
})

test('who can do more by the address than by their role is told of, and nobody else', () => {
  expect(moreByAddress('viewer', 'editor')).toMatch(/^Can edit all the same/)
  for (const [own, link] of [
    ['editor', 'editor'],
    ['viewer', 'viewer'],
    ['viewer', null],
  ] as const)
    expect(moreByAddress(own, link)).toBeUndefined()
})

test('removing somebody says that the address stays open when it does', () => {
  expect(removalWords('Bob', 'viewer')).toContain('General access stays as it is')
  expect(removalWords('Bob', null)).not.toContain('General access')
})

test('handing a document to a guest says what may come of it', () => {
  expect(handOverWords('Bob', true)).toContain('nobody can manage the document')
  expect(handOverWords('Bob', false)).not.toContain('guest')
})

test('an invite link says when it was made, how long it lasts and how many it let in', () => {
  const day = (atMs: number): string => `day ${atMs}`
  const invite = { createdAt: 1, expiresAt: 8, isExpired: false, uses: 0 }
  expect(inviteWords(invite, day)).toBe('Made day 1, expires day 8, not used yet')
  expect(inviteWords({ ...invite, isExpired: true, uses: 1 }, day)).toBe('Made day 1, expired day 8, used by 1 person')
  expect(inviteWords({ ...invite, expiresAt: null, uses: 2 }, day)).toBe('Made day 1, until revoked, used by 2 people')
})
