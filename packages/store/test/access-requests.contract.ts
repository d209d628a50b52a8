/** Who asks to be let into a document, on either database. */
import { LIMITS, UserId, type DocumentId } from '@tandem/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../src/index.ts'
import { ANN, BOB, type OpenedStore } from './opened-store.ts'

export function describeAccessRequests(name: string, make: () => Promise<OpenedStore>): void {
  describe(`requests for access: ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeAll(async () => {
      opened = await make()
      store = opened.store
    })
    afterAll(() => opened?.close())

    const create = async () => (await store.documents.create({ title: 'Plans', ownerId: ANN, schemaVersion: 2 })).id
    const closed = async () => {
      const id = await create()
      await store.sharing.setLinkRole(id, undefined)
      return id
    }
    const somebody = () => UserId.parse(`user-${crypto.randomUUID()}`)
    const asked = async (id: DocumentId) =>
      (await store.sharing.read(id)).requests.map(({ userId, role }) => [userId, role])
    const countFor = async (id: DocumentId, userId: UserId) => {
      const { documents } = await store.documents.list(userId, { limit: 100 })
      const listed = documents.find((document) => document.id === id)?.requests
      expect((await store.documents.get(id, userId)).requests).toBe(listed)
      return listed
    }

    test('one request a person, the newest; its owner knows who asks and how many, and nobody else does', async () => {
      const [id, member] = [await closed(), somebody()]
      await store.sharing.setRole(id, member, 'viewer')
      await store.sharing.requests.ask(id, BOB, 'viewer')
      await store.sharing.requests.ask(id, BOB, 'editor')
      const [request] = (await store.sharing.read(id)).requests
      expect(request).toEqual({ userId: BOB, name: 'Bob', isGuest: true, role: 'editor', at: request?.at })
      expect(request?.at).toBeGreaterThan(1_600_000_000_000)
      expect(await store.sharing.requests.find(id, BOB)).toEqual({ role: 'editor', at: request?.at })
      expect(await store.sharing.requests.find(id, member)).toBeUndefined()
      expect([await countFor(id, ANN), await countFor(id, member)]).toEqual([1, 0])
      expect(await store.sharing.knows(id, BOB)).toBe(true)
      await expect(store.documents.get(id, BOB)).rejects.toMatchObject({ code: 'unknown-document' }) // it gives nothing
    })

    test('a role answers it, whichever; so does being removed, and then one cannot ask again', async () => {
      const [id, one, other] = [await closed(), somebody(), somebody()]
      for (const each of [one, other]) await store.sharing.requests.ask(id, each, 'editor')
      await store.sharing.setRole(id, one, 'viewer')
      await store.sharing.shutOut(id, other)
      expect(await asked(id)).toEqual([])
      await expect(store.sharing.requests.ask(id, other, 'viewer')).rejects.toMatchObject({ code: 'not-allowed' })
      await store.sharing.requests.ask(id, one, 'editor') // more than they were given
      expect(await asked(id)).toEqual([[one, 'editor']])
      await store.sharing.requests.end(id, one)
      await store.sharing.requests.end(id, one)
      expect([await asked(id), await store.sharing.requests.find(id, one)]).toEqual([[], undefined])
    })

    test('a role that could not be given answers nothing', async () => {
      const id = await closed()
      const people = Array.from({ length: LIMITS.documentPeople }, () => ({
        document_id: id,
        user_id: somebody(),
        role: 'viewer' as const,
      }))
      await store.accounts.db.insertInto('document_access').values(people).execute()
      await store.sharing.requests.ask(id, BOB, 'viewer')
      await expect(store.sharing.setRole(id, BOB, 'viewer')).rejects.toMatchObject({ code: 'bad-input' })
      expect(await asked(id)).toEqual([[BOB, 'viewer']])
    })

    test('what the address or an invite link gives by now is asked for no more, and again when it is taken back', async () => {
      const [id, reads, edits] = [await closed(), somebody(), somebody()]
      await store.sharing.requests.ask(id, reads, 'viewer')
      await store.sharing.requests.ask(id, edits, 'editor')
      await store.sharing.setLinkRole(id, 'viewer')
      expect(await asked(id)).toEqual([[edits, 'editor']])
      await store.sharing.setLinkRole(id, 'editor')
      expect([await asked(id), await countFor(id, ANN)]).toEqual([[], 0])
      await store.sharing.setLinkRole(id, undefined)
      expect(await countFor(id, ANN)).toBe(2)
      const invite = await store.sharing.invites.create(id, { role: 'editor', expiresInMs: undefined })
      await store.sharing.invites.accept(id, edits, invite)
      expect(await asked(id)).toEqual([[reads, 'viewer']])
      await store.sharing.setRole(id, BOB, 'viewer')
      await store.sharing.requests.ask(id, BOB, 'editor')
      await store.sharing.handOn(id, { from: ANN, to: BOB })
      expect([await countFor(id, BOB), await countFor(id, ANN)]).toEqual([1, 0]) // of the one who reads, to its owner now
    })

    test('at most so many people ask at once, a document that is gone is asked for by nobody, and deleting it ends them', async () => {
      const id = await closed()
      const people = Array.from({ length: LIMITS.documentRequests - 1 }, () => ({
        document_id: id,
        user_id: somebody(),
        role: 'viewer' as const,
        at: 1,
      }))
      await store.accounts.db.insertInto('access_request').values(people).execute()
      await store.sharing.requests.ask(id, BOB, 'viewer')
      await expect(store.sharing.requests.ask(id, somebody(), 'viewer')).rejects.toMatchObject({ code: 'bad-input' })
      await store.sharing.requests.ask(id, BOB, 'editor')
      expect((await asked(id)).at(-1)).toEqual([BOB, 'editor'])
      await store.sharing.setLinkRole(id, 'viewer') // which answers all but Bob
      const next = somebody()
      await store.sharing.requests.ask(id, next, 'editor')
      expect(await asked(id)).toEqual([
        [BOB, 'editor'],
        [next, 'editor'],
      ])
      await store.documents.delete(id)
      const left = store.accounts.db.selectFrom('access_request').select('user_id').where('document_id', '=', id)
      expect(await left.execute()).toEqual([])
      await expect(store.sharing.requests.ask(id, BOB, 'viewer')).rejects.toMatchObject({ code: 'unknown-document' })
    })
  })
}
