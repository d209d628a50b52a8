import { expect, test } from 'vitest'
import type { DocumentId, Role, UserId } from './protocol.ts'
import { RoleBook } from './role-book.ts'

const [ANN, BOB] = ['ann', 'bob'] as [UserId, UserId]

function bookOf(table: { version: number; roles: Map<UserId, Role> }): { book: RoleBook; asked: UserId[][] } {
  const asked: UserId[][] = []
  const access = {
    rolesOf: async (_: DocumentId, userIds: readonly UserId[]) => {
      asked.push([...userIds])
      const roles = new Map([...table.roles].filter(([userId]) => userIds.includes(userId)))
      return { accessVersion: table.version, roles }
    },
  }
  return { book: new RoleBook(access, 'a-document' as DocumentId), asked }
}

test('[ACC-1] who has a role is asked for once, who has none each time: it may have been given since', async () => {
  const table = { version: 1, roles: new Map<UserId, Role>([[ANN, 'owner']]) }
  const { book, asked } = bookOf(table)
  expect((await book.load([ANN, BOB], 1)).roles).toEqual(
    new Map([
      [ANN, 'owner'],
      [BOB, undefined],
    ]),
  )
  table.version = 2
  table.roles.set(BOB, 'viewer')
  const later = await book.load([BOB], 1)
  expect([later.version, later.roles.get(BOB)]).toEqual([2, 'viewer'])
  await book.load([BOB], 2)
  expect(asked).toEqual([[ANN, BOB], [BOB]])
})
