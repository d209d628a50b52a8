import { DocumentId, UserId } from '@tandem/sync'
import { expect, test } from 'vitest'
import { OwnRoles } from './own-roles.ts'

const [plan, notes] = ['document-1', 'document-2'].map((id) => DocumentId.parse(id)) as [DocumentId, DocumentId]
const [ann, bob] = ['user-ann', 'user-bob'].map((id) => UserId.parse(id)) as [UserId, UserId]

test('is true of whom it was told, in that document', () => {
  const roles = new OwnRoles()
  roles.remember(plan, ann, 3)
  expect(roles.has(plan, ann, 3)).toBe(true)
  expect(roles.has(plan, bob, 3)).toBe(false)
  expect(roles.has(notes, ann, 3)).toBe(false)
})

test('nothing is known as of another access version, or of none', () => {
  const roles = new OwnRoles()
  roles.remember(plan, ann, 3)
  expect(roles.has(plan, ann, 4)).toBe(false)
  expect(roles.has(plan, ann, undefined)).toBe(false)
  roles.remember(plan, bob, 4)
  expect(roles.has(plan, ann, 4)).toBe(false)
  expect(roles.has(plan, bob, 4)).toBe(true)
  roles.remember(notes, ann, undefined)
  expect(roles.has(notes, ann, undefined)).toBe(false)
})

test('of many documents it forgets those that nobody asks about', () => {
  const roles = new OwnRoles()
  const others = Array.from({ length: 2_500 }, (_, index) => DocumentId.parse(`document-other-${index}`))
  roles.remember(plan, ann, 1)
  roles.remember(notes, ann, 1)
  for (const other of others) {
    roles.remember(other, ann, 1)
    roles.has(plan, ann, 1)
  }
  expect([roles.has(plan, ann, 1), roles.has(notes, ann, 1)]).toEqual([true, false])
})
