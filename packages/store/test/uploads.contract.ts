/** What the book of uploads keeps on either database. */
import { DocumentId } from '@tandem/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { removeUnusedUploads, type NewUpload, type UploadQuota } from '../src/index.ts'
import { ANN, BOB, type OpenedStore } from './opened-store.ts'
import { Typist } from './typist.ts'

const ENOUGH: UploadQuota = { userBytes: 1_000, documentBytes: 1_000, userFiles: 100 }
let last = 0

function upload(over: Partial<NewUpload> = {}): NewUpload {
  const id = (last += 1).toString(16).padStart(32, '0')
  const documentId = DocumentId.parse(`document-${id}`)
  return {
    id,
    documentId,
    userId: ANN,
    name: 'a.pdf',
    type: 'application/pdf',
    bytes: 10,
    size: undefined,
    hash: 'h',
    ...over,
  }
}

export function describeUploads(name: string, make: () => Promise<OpenedStore>): void {
  describe(`uploads: ${name}`, () => {
    let opened: OpenedStore
    beforeAll(async () => {
      opened = await make()
    })
    afterAll(() => opened?.close())
    const uploads = () => opened.store.uploads

    test('is found once its bytes are in their place, as it was written, and not after it was forgotten', async () => {
      const picture = upload({ name: 'ä\u202E.png', size: { width: 3, height: 4 }, type: 'image/png' })
      expect(await uploads().reserve(picture, ENOUGH)).toBeUndefined()
      expect(await uploads().find(picture.id)).toBeUndefined()
      await uploads().finish(picture.id)
      expect(await uploads().find(picture.id)).toEqual(picture)
      await uploads().forget(picture.id)
      await uploads().forget(picture.id)
      expect(await uploads().find(picture.id)).toBeUndefined()
    })

    test('a quota counts what is on its way, and what breaks it leaves nothing', async () => {
      const documentId = DocumentId.parse('quota-document')
      const userId = BOB
      const first = upload({ documentId, userId, bytes: 600 })
      expect(await uploads().reserve(first, ENOUGH)).toBeUndefined()
      const second = upload({ documentId, bytes: 401 })
      expect(await uploads().reserve(second, ENOUGH)).toBe('documentBytes')
      expect(await uploads().reserve(upload({ userId, bytes: 401 }), ENOUGH)).toBe('userBytes')
      expect(await uploads().reserve(upload({ userId }), { ...ENOUGH, userFiles: 1 })).toBe('userFiles')
      expect(await uploads().reserve({ ...second, bytes: 400 }, ENOUGH)).toBeUndefined()
      await uploads().forget(first.id)
      expect(await uploads().reserve(upload({ documentId, userId, bytes: 600 }), ENOUGH)).toBeUndefined()
    })

    test('of many at once no more are taken than the quota has room for', async () => {
      const documentId = DocumentId.parse('busy-document')
      const quota = { ...ENOUGH, documentBytes: 50, userBytes: 1_000_000 }
      const broken: (string | undefined)[] = []
      for (const each of Array.from({ length: 8 }, () => upload({ documentId })))
        broken.push(await uploads().reserve(each, quota))
      expect(broken.filter((each) => each === undefined)).toHaveLength(5)
    })

    test('what was begun and never finished is told, what was finished is not', async () => {
      const [begun, whole] = [upload(), upload()]
      for (const each of [begun, whole]) await uploads().reserve(each, { ...ENOUGH, userBytes: 1_000_000 })
      await uploads().finish(whole.id)
      const unfinished = await uploads().unfinished(0)
      expect(unfinished).toContain(begun.id)
      expect(unfinished).not.toContain(whole.id)
      expect(await uploads().unfinished(3_600_000)).not.toContain(begun.id)
    })

    test('unused ones are told when they have been so for long enough, and not when they came back', async () => {
      const { id: documentId } = await opened.store.documents.create({ title: 'a', ownerId: ANN, schemaVersion: 1 })
      const [kept, gone] = [upload({ documentId }), upload({ documentId })]
      for (const each of [kept, gone]) {
        await uploads().reserve(each, { ...ENOUGH, userBytes: 1_000_000 })
        await uploads().finish(each.id)
      }
      expect(await uploads().markUnused(documentId, [], 3_600_000)).toEqual({ old: [], young: 2 })
      expect(await uploads().markUnused(documentId, [kept.id], 0)).toEqual({ old: [gone.id], young: 0 })
      expect(await uploads().markUnused(documentId, [kept.id, gone.id], 0)).toEqual({ old: [], young: 0 })
      expect(await uploads().documents()).toContainEqual({ documentId, isDeleted: false })
      await opened.store.documents.delete(documentId)
      expect(await uploads().documents()).toContainEqual({ documentId, isDeleted: true })
    })

    test('what a document shows is kept, what it shows no more goes, and what a deleted one showed', async () => {
      const { store, dataDir, databaseUrl } = opened
      const { id: documentId } = await store.documents.create({ title: 'a', ownerId: ANN, schemaVersion: 1 })
      const [shown, taken] = [upload({ documentId }), upload({ documentId })]
      for (const each of [shown, taken]) {
        await uploads().reserve(each, { ...ENOUGH, userBytes: 1_000_000 })
        await uploads().finish(each.id)
      }
      const typist = await Typist.of(store.log, documentId)
      await typist.edit((doc) => {
        const images = [shown, taken].map(({ id }) => {
          const image = new Y.XmlElement('image')
          image.setAttribute('src', `/api/uploads/${id}`)
          return image
        })
        doc.getXmlFragment('body').insert(0, images)
      })
      await typist.edit((doc) => doc.getXmlFragment('body').delete(1, 1))
      const removed: string[] = []
      const sweep = (unusedForMs: number) =>
        removeUnusedUploads({ dataDir, databaseUrl }, { unusedForMs, remove: async (id) => void removed.push(id) })
      const ofThese = () => removed.filter((id) => [shown.id, taken.id].includes(id))
      expect((await sweep(3_600_000)).unused).toBeGreaterThan(0)
      expect(ofThese()).toEqual([])
      await sweep(0)
      expect(ofThese()).toEqual([taken.id])
      expect(await uploads().find(taken.id)).toBeUndefined()
      expect(await uploads().find(shown.id)).toBeDefined()
      await store.documents.delete(documentId)
      await sweep(0)
      expect(ofThese()).toEqual([taken.id, shown.id])
    })
  })
}
