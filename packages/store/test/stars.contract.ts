/** One person's stars, on either database. */
import { LIMITS, UserId, type DocumentId } from '@tandem/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../src/index.ts'
import { ANN, BOB, type OpenedStore } from './opened-store.ts'

export function describeStars(name: string, make: () => Promise<OpenedStore>): void {
  describe(`stars: ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeAll(async () => {
      opened = await make()
      store = opened.store
    })
    afterAll(() => opened?.close())

    const create = async (title = 'Plans') =>
      (await store.documents.create({ title, ownerId: ANN, schemaVersion: 2 })).id
    /** Nobody else's stars are counted in a test. */
    const somebody = () => UserId.parse(`user-${crypto.randomUUID()}`)
    const star = (id: DocumentId, userId: UserId) => store.documents.setStar(id, userId, { isStarred: true })
    const unstar = (id: DocumentId, userId: UserId) => store.documents.setStar(id, userId, { isStarred: false })
    const isStarred = async (id: DocumentId, userId: UserId) => (await store.documents.get(id, userId)).isStarred
    const starred = async (userId: UserId) =>
      (await store.documents.list(userId, { limit: 100, onlyStarred: true })).documents.map((document) => document.id)
    const rows = (id: DocumentId) =>
      store.accounts.db.selectFrom('document_star').select('user_id').where('document_id', '=', id).execute()

    test('a star is seen by its person alone, given and removed twice like once', async () => {
      const [id, me] = [await create(), somebody()]
      await star(id, me)
      await star(id, me)
      expect(await isStarred(id, me)).toBe(true)
      expect(await starred(me)).toEqual([id])
      expect(await isStarred(id, ANN)).toBe(false)
      expect(await isStarred(id, BOB)).toBe(false)
      await unstar(id, me)
      await unstar(id, me)
      expect(await isStarred(id, me)).toBe(false)
      expect(await starred(me)).toEqual([])
    })

    test('a starred document is in the list of who came by its address, and says that it is', async () => {
      const [id, me] = [await create(), somebody()]
      await star(id, me)
      const { documents } = await store.documents.list(me, { limit: 10 })
      expect(documents).toMatchObject([{ id, isStarred: true, role: 'editor' }])
    })

    test('the starred ones follow a cursor of the whole list', async () => {
      const me = somebody()
      const ids: DocumentId[] = []
      for (const title of ['1', '2', '3', '4'])
        ids.push((await store.documents.create({ title, ownerId: me, schemaVersion: 2 })).id)
      const first = await store.documents.list(me, { limit: 1 })
      const older = ids.filter((id) => id !== first.documents[0]?.id)
      for (const id of [...older.slice(1), ...first.documents.map((document) => document.id)]) await star(id, me)
      const rest = await store.documents.list(me, { limit: 10, cursor: first.nextCursor, onlyStarred: true })
      expect(new Set(rest.documents.map((document) => document.id))).toEqual(new Set(older.slice(1)))
      expect(rest.nextCursor).toBeUndefined()
    })

    test('whoever loses access loses the star: shut out, without the address, without a role. Everybody else keeps it', async () => {
      const [id, shut, visitor, member] = [await create(), somebody(), somebody(), somebody()]
      await store.sharing.setRole(id, member, 'viewer')
      for (const userId of [ANN, shut, visitor, member]) await star(id, userId)
      const holders = async () => new Set((await rows(id)).map((row) => row.user_id))
      await store.sharing.shutOut(id, shut)
      expect(await holders()).toEqual(new Set([ANN, visitor, member]))
      await store.sharing.setLinkRole(id, undefined)
      expect(await holders()).toEqual(new Set([ANN, member]))
      await store.sharing.setRole(id, member, undefined)
      expect(await holders()).toEqual(new Set([ANN]))
      await store.sharing.setRole(id, shut, 'editor')
      expect(await isStarred(id, shut)).toBe(false)
    })

    test('changes that take nothing from a person leave the star', async () => {
      const [id, member] = [await create(), somebody()]
      await store.sharing.setRole(id, member, 'editor')
      for (const userId of [ANN, member]) await star(id, userId)
      await store.sharing.setRole(id, member, 'viewer')
      await store.sharing.setRole(id, member, undefined) // the address still lets them in
      await store.sharing.setLinkRole(id, 'viewer')
      await store.sharing.setRole(id, member, 'editor')
      await store.sharing.handOn(id, { from: ANN, to: member })
      expect(await isStarred(id, member)).toBe(true)
      expect(await isStarred(id, ANN)).toBe(true)
    })

    test('who may not open a document cannot star it, and nobody can star what is not there', async () => {
      const [id, shut, stranger] = [await create(), somebody(), somebody()]
      await store.sharing.setLinkRole(id, undefined)
      await store.sharing.shutOut(id, shut)
      for (const userId of [shut, stranger]) await expect(star(id, userId)).rejects.toMatchObject({ code: 'bad-input' })
      const importing = await store.documents.beginImport({ title: 'Half', ownerId: ANN, schemaVersion: 2 })
      await expect(star(importing, ANN)).rejects.toMatchObject({ code: 'unknown-document' })
      await store.documents.delete(id)
      await expect(star(id, ANN)).rejects.toMatchObject({ code: 'unknown-document' })
      expect([...(await rows(id)), ...(await rows(importing))]).toEqual([])
    })

    test('a deleted document leaves no star', async () => {
      const [id, other] = [await create(), await create()]
      for (const userId of [ANN, BOB]) for (const each of [id, other]) await star(each, userId)
      await store.documents.delete(id)
      expect(await rows(id)).toEqual([])
      expect(await rows(other)).toHaveLength(2)
    })

    test('stars of one person are bounded; one that is removed makes room', async () => {
      const [id, me] = [await create(), somebody()]
      const many = Array.from({ length: LIMITS.starsPerUser }, () => ({
        document_id: crypto.randomUUID() as DocumentId,
        user_id: me,
        at: 1,
      }))
      await store.accounts.db.insertInto('document_star').values(many).execute()
      await expect(star(id, me)).rejects.toThrow(/LIMITS.starsPerUser/)
      await star(id, BOB) // another person's are not counted
      await unstar(many[0]?.document_id ?? id, me)
      await star(id, me)
      await star(id, me) // has its place
      expect(await isStarred(id, me)).toBe(true)
    })
  })
}
