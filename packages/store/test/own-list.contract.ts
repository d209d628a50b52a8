/** What a person takes off their list, on either database. */
import { UserId, type DocumentId } from '@tandem/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../src/index.ts'
import { ANN, BOB, type OpenedStore } from './opened-store.ts'

export function describeOwnLists(name: string, make: () => Promise<OpenedStore>): void {
  describe(`own lists: ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeAll(async () => {
      opened = await make()
      store = opened.store
    })
    afterAll(() => opened?.close())

    const create = async (ownerId = ANN) =>
      (await store.documents.create({ title: 'Plans', ownerId, schemaVersion: 2 })).id
    /** Nobody else's documents are in the lists of a test. */
    const somebody = () => UserId.parse(`user-${crypto.randomUUID()}`)
    const takeOff = (id: DocumentId, userId: UserId) => store.documents.setListed(id, userId, { isListed: false })
    const putBack = (id: DocumentId, userId: UserId) => store.documents.setListed(id, userId, { isListed: true })
    const star = (id: DocumentId, userId: UserId) => store.documents.setStar(id, userId, { isStarred: true })
    const listed = async (userId: UserId) =>
      (await store.documents.list(userId, { limit: 100 })).documents.map(({ id }) => id)
    const rows = (id: DocumentId) =>
      store.accounts.db.selectFrom('document_unlisted').select('user_id').where('document_id', '=', id).execute()
    /** One that this person came to by its address, and one that they were given a role in. */
    const shared = async (me: UserId) => {
      const [visited, given] = [await create(), await create()]
      await store.documents.recordVisit(visited, me)
      await store.sharing.setRole(given, me, 'commenter')
      return [visited, given] as const
    }

    test('it goes from one person’s list alone, once or twice, and what they may do in it stays', async () => {
      const [me, other] = [somebody(), somebody()]
      const [visited, given] = await shared(me)
      await store.documents.recordVisit(visited, other)
      for (const id of [visited, visited, given, given]) await takeOff(id, me)
      expect(await listed(me)).toEqual([])
      expect(await listed(other)).toEqual([visited])
      expect(await store.documents.get(visited, me)).toMatchObject({ role: 'editor' })
      await store.sharing.setLinkRole(given, undefined)
      expect(await store.documents.get(given, me)).toMatchObject({ role: 'commenter' })
      expect((await store.sharing.read(given)).members).toMatchObject([{ userId: me, role: 'commenter' }])
      expect((await store.sharing.read(visited)).visitors.map(({ userId }) => userId)).toContain(me)
    })

    test('put back it is where it was, once or twice, also when it was never taken off', async () => {
      const me = somebody()
      const both = await shared(me)
      const before = await listed(me)
      for (const id of both) await takeOff(id, me)
      for (const id of [...both, ...both]) await putBack(id, me)
      expect(await listed(me)).toEqual(before)
    })

    test('pages of the list do without it', async () => {
      const me = somebody()
      const [visited, given] = await shared(me)
      const mine = await create(me)
      await takeOff(visited, me)
      const first = await store.documents.list(me, { limit: 1 })
      const second = await store.documents.list(me, { limit: 1, cursor: first.nextCursor })
      expect(second.nextCursor).toBeUndefined()
      expect(new Set([...first.documents, ...second.documents].map(({ id }) => id))).toEqual(new Set([mine, given]))
    })

    test('the star goes with it, and a star brings it back', async () => {
      const me = somebody()
      const [visited] = await shared(me)
      await star(visited, me)
      await star(visited, BOB)
      await takeOff(visited, me)
      expect((await store.documents.get(visited, me)).isStarred).toBe(false)
      expect((await store.documents.get(visited, BOB)).isStarred).toBe(true)
      await star(visited, me)
      expect(await listed(me)).toContain(visited)
    })

    test('it comes back when it is opened, and when it comes anew by a role or an invite link', async () => {
      const me = somebody()
      const [visited, given] = await shared(me)
      await takeOff(visited, me)
      await store.documents.recordVisit(visited, me)
      expect(await listed(me)).toContain(visited)

      await takeOff(given, me)
      await store.sharing.setRole(given, BOB, 'viewer') // nothing to this person
      expect(await listed(me)).not.toContain(given)
      await store.sharing.setRole(given, me, 'editor')
      expect(await listed(me)).toContain(given)

      await takeOff(visited, me)
      const invite = await store.sharing.invites.create(visited, { role: 'viewer', expiresInMs: undefined })
      await store.sharing.invites.accept(visited, me, invite)
      expect(await listed(me)).toContain(visited)
    })

    test('who was shut out meanwhile begins anew when they are let in again', async () => {
      const me = somebody()
      const [visited] = await shared(me)
      await takeOff(visited, me)
      await store.sharing.shutOut(visited, me)
      expect(await listed(me)).not.toContain(visited)
      await store.sharing.setRole(visited, me, 'viewer')
      expect(await listed(me)).toContain(visited)
    })

    test('what one owns stays in the list, also what was handed on to somebody who had taken it off', async () => {
      const me = somebody()
      const [, given] = await shared(me)
      const mine = await create(me)
      await expect(takeOff(mine, me)).rejects.toMatchObject({ code: 'bad-input' })
      expect(await rows(mine)).toEqual([])
      await takeOff(given, me)
      await store.sharing.handOn(given, { from: ANN, to: me })
      expect(await listed(me)).toEqual(expect.arrayContaining([mine, given]))
      await store.sharing.handOn(given, { from: me, to: ANN }) // who hands on stays as an editor
      expect(await listed(me)).toContain(given)
      expect(await rows(given)).toEqual([])
    })

    test('of what is not there, or was deleted, nothing is kept', async () => {
      const me = somebody()
      const [visited] = await shared(me)
      await takeOff(visited, me)
      const importing = await store.documents.beginImport({ title: 'Half', ownerId: ANN, schemaVersion: 2 })
      await expect(takeOff(importing, me)).rejects.toMatchObject({ code: 'unknown-document' })
      await store.documents.delete(visited)
      await expect(takeOff(visited, me)).rejects.toMatchObject({ code: 'unknown-document' })
      expect([...(await rows(visited)), ...(await rows(importing))]).toEqual([])
    })
  })
}
