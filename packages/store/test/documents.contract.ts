/** What the product's documents keep on either database. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DocumentId, SyncError, UserId } from '@tandem/sync'
import type { Store } from '../src/index.ts'
import { ANN, BOB, type OpenedStore } from './opened-store.ts'
import { Typist } from './typist.ts'

export function describeDocuments(name: string, make: () => Promise<OpenedStore>): void {
  describe(`documents: ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeAll(async () => {
      opened = await make()
      store = opened.store
    })
    afterAll(() => opened?.close())

    const create = async (title: string, ownerId = ANN) => {
      await nextMillisecond()
      return store.documents.create({ title, ownerId, schemaVersion: 2 })
    }
    const titles = async (userId: UserId): Promise<string[]> =>
      (await store.documents.list(userId, { limit: 100 })).documents.map(({ title }) => title)
    /** Nobody else's documents are in the lists of a test. */
    const somebody = () => UserId.parse(`user-${crypto.randomUUID()}`)

    test("a new document is its owner's, empty, and open to everybody who has the link", async () => {
      const document = await create('Plans', BOB)
      expect(document).toMatchObject({
        title: 'Plans',
        ownerId: BOB,
        ownerName: 'Bob',
        role: 'owner',
        editedAt: null,
        schemaVersion: 2,
      })
      expect(await store.documents.get(document.id, ANN)).toMatchObject({ role: 'editor', ownerName: 'Bob' })
      expect(await store.log.open(document.id)).toMatchObject({ head: 0, schemaVersion: 2, tail: [] })
    })

    test('a list holds what is mine, what I was given a role in and what I have opened, the newest activity first', async () => {
      const me = somebody()
      const [mine, opened, given, stranger] = [
        await create('mine', me),
        await create('opened'),
        await create('given'),
        await create('stranger'),
      ]
      await store.documents.recordVisit(opened.id, me)
      await store.documents.recordVisit(opened.id, me)
      await store.sharing.setRole(given.id, me, 'viewer')
      expect(await titles(me)).toEqual(['given', 'opened', 'mine'])
      await nextMillisecond()
      await (await Typist.of(store.log, mine.id)).type('hello')
      expect(await titles(me)).toEqual(['mine', 'given', 'opened'])
      expect((await store.documents.get(mine.id, me)).editedAt).toBeGreaterThan(0)
      await nextMillisecond()
      await store.documents.rename(opened.id, 'opened, renamed')
      expect(await titles(me)).toEqual(['opened, renamed', 'mine', 'given'])
      expect(await titles(me)).not.toContain(stranger.title)
    })

    test('pages follow each other without a gap or a repeat', async () => {
      const me = somebody()
      for (const title of ['1', '2', '3', '4', '5']) await create(title, me)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.documents.list(me, { limit: 2, cursor })
        seen.push(...page.documents.map(({ title }) => title))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(seen).toEqual(['5', '4', '3', '2', '1'])
      await expect(store.documents.list(me, { limit: 2, cursor: 'x; drop table' })).rejects.toMatchObject({
        code: 'bad-input',
      })
    })

    test('a document whose link gives nothing is only for those who have a role', async () => {
      const [document, me] = [await create('secret'), somebody()]
      await store.documents.recordVisit(document.id, me)
      await store.sharing.setLinkRole(document.id, undefined)
      expect(await titles(me)).toEqual([])
      await expect(store.documents.get(document.id, me)).rejects.toMatchObject({ code: 'unknown-document' })
      await store.sharing.setRole(document.id, me, 'commenter')
      expect((await store.documents.get(document.id, me)).role).toBe('commenter')
      await store.sharing.setRole(document.id, me, undefined)
      expect(await titles(me)).toEqual([])
    })

    test('a title keeps its text, loses control characters, is never empty and never longer than the limit', async () => {
      const { id } = await create(' \u0000 ')
      expect((await store.documents.get(id, ANN)).title).toBe('Untitled')
      expect(await store.documents.rename(id, '\tÜber  “alles” 🌿\n\u0000zwei \ud800')).toBe(
        'Über  “alles” 🌿 zwei \ufffd',
      )
      expect((await store.documents.get(id, ANN)).title).toBe('Über  “alles” 🌿 zwei \ufffd')
      const refused = store.documents.rename(id, 'x'.repeat(10_000_000))
      await expect(refused).rejects.toThrow(/10000000 characters; the limit is 300/)
      await expect(refused).rejects.toBeInstanceOf(SyncError)
    })

    test('a deleted document is gone for its product side too, and stays gone', async () => {
      const { id } = await create('gone')
      await store.documents.delete(id)
      const unknown = { code: 'unknown-document' }
      await expect(store.documents.get(id, ANN)).rejects.toMatchObject(unknown)
      await expect(store.documents.rename(id, 'back')).rejects.toMatchObject(unknown)
      await expect(store.documents.delete(id)).rejects.toMatchObject(unknown)
      await expect(store.sharing.setRole(id, BOB, 'editor')).rejects.toMatchObject(unknown)
      await expect(store.sharing.setLinkRole(id, 'viewer')).rejects.toMatchObject(unknown)
      await expect(store.documents.rename(DocumentId.parse('never-there'), 'x')).rejects.toMatchObject(unknown)
      expect(await titles(BOB)).not.toContain('gone')
    })

    test('what is being imported is shown to nobody before it is whole', async () => {
      const owner = somebody()
      const id = await store.documents.beginImport({ title: 'Imported', ownerId: owner, schemaVersion: 2 })
      await (await Typist.of(store.log, id)).type('first part')
      expect(await titles(owner)).toEqual([])
      await expect(store.documents.get(id, owner)).rejects.toMatchObject({ code: 'unknown-document' })
      expect(await store.documents.finishImport(id, owner)).toMatchObject({ id, title: 'Imported', role: 'owner' })
      expect(await titles(owner)).toEqual(['Imported'])
      await expect(store.documents.finishImport(id, owner)).rejects.toMatchObject({ code: 'unknown-document' })
      expect(await store.documents.removeUnfinished(0)).toBe(0)
    })

    test('an import that never finished is taken away with its rows, once it is old enough', async () => {
      const owner = somebody()
      const id = await store.documents.beginImport({ title: 'Cut', ownerId: owner, schemaVersion: 2 })
      const typist = await Typist.of(store.log, id)
      for (let row = 0; row < 45; row += 1) await typist.type('part ')
      expect(await store.documents.removeUnfinished(3_600_000)).toBe(0)
      await typist.type('still there')
      expect(await store.documents.removeUnfinished(0)).toBe(1)
      await expect(typist.type('too late')).rejects.toThrow('gone')
      for (const table of ['log_row', 'client_id', 'snapshot'] as const) {
        const left = store.accounts.db.selectFrom(table).selectAll().where('document_id', '=', id)
        expect(await left.execute()).toEqual([])
      }
      expect(await store.accounts.db.selectFrom('document').selectAll().where('id', '=', id).execute()).toEqual([])
      expect(await store.documents.removeUnfinished(0)).toBe(0)
    })

    test('ready says that a write was made durable', async () => {
      await expect(store.ready()).resolves.toBeUndefined()
    })
  })
}

/** Lists are in the order of a clock that counts milliseconds. */
async function nextMillisecond(): Promise<void> {
  const start = Date.now()
  while (Date.now() === start) await setImmediate()
}
