/** What a document with a damaged log keeps, and what a repair makes of it, on either database. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DocumentId, LogSlice } from '@tandem/sync'
import * as Y from 'yjs'
import { openCompactor, repairDocument, type Store } from '../src/index.ts'
import { ANN, type OpenedStore } from './opened-store.ts'
import { Typist } from './typist.ts'

const EVERYTHING = 64 * 1024 * 1024

export function describeRepair(name: string, make: () => Promise<OpenedStore>): void {
  describe(`repair: ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeAll(async () => {
      opened = await make()
      store = opened.store
    })
    afterAll(() => opened?.close())

    /** A document that says `1 2 3 …`, a row each. */
    async function counted(rows: number): Promise<{ id: DocumentId; typist: Typist }> {
      const { id } = await store.documents.create({ title: 'Counted', ownerId: ANN, schemaVersion: 1 })
      const typist = await Typist.of(store.log, id)
      for (let row = 1; row <= rows; row += 1) await typist.type(`${row} `)
      return { id, typist }
    }

    async function flipBit(id: DocumentId, seq: number): Promise<void> {
      const db = store.accounts.db
      const row = () => db.selectFrom('log_row').select('update').where('document_id', '=', id).where('seq', '=', seq)
      const update = Uint8Array.from((await row().executeTakeFirstOrThrow()).update)
      update[update.length - 2] = (update.at(-2) ?? 0) ^ 1
      await db.updateTable('log_row').set({ update }).where('document_id', '=', id).where('seq', '=', seq).execute()
    }

    async function compact(id: DocumentId): Promise<void> {
      const compactor = await openCompactor(store.location)
      await compactor.compact(id)
      await compactor.close()
    }

    async function repair(id: DocumentId) {
      return repairDocument({ dataDir: opened.dataDir, databaseUrl: opened.databaseUrl }, id)
    }

    async function text(id: DocumentId): Promise<string> {
      return textOf(await store.log.read(id, undefined, EVERYTHING))
    }

    test('a document goes back to before its damaged row, under a new epoch; the rows after that stay in the table', async () => {
      const { id } = await counted(5)
      const before = await store.log.open(id)
      await flipBit(id, 4)
      await expect(store.log.open(id)).rejects.toMatchObject({
        message: expect.stringMatching(new RegExp(`${id}.*row 4.*tandem repair`)) as string,
      })
      expect(await repair(id)).toEqual({ throughSeq: 3, cutRows: 2, epoch: before?.epoch })
      expect(await text(id)).toBe('1 2 3 ')
      const after = await store.log.open(id)
      expect(after).toMatchObject({ head: 3, snapshotSeq: 3, tail: [] })
      expect(after?.epoch).not.toBe(before?.epoch)
      const kept = await store.accounts.db.selectFrom('log_row').select('seq').where('document_id', '=', id).execute()
      expect(kept).toHaveLength(5)
    })

    test('a repaired document is written, compacted and resumed like any other', async () => {
      const { id } = await counted(5)
      await flipBit(id, 4)
      await repair(id)
      const typist = await Typist.of(store.log, id)
      await typist.type('again ')
      await compact(id)
      expect(await text(id)).toContain('again')
      const token = { epoch: typist.head.epoch, seq: 3, check: (await store.log.open(id))?.check ?? '' }
      expect(await store.log.read(id, token, EVERYTHING)).toMatchObject({ continues: false })
    })

    test('a repair of what is not damaged does nothing', async () => {
      const { id } = await counted(3)
      const before = await store.log.open(id)
      expect(await repair(id)).toMatchObject({ cutRows: 0, throughSeq: 3 })
      expect(await store.log.open(id)).toEqual(before)
    })

    test('a document of which nothing is readable is not made empty', async () => {
      const { id } = await counted(2)
      await flipBit(id, 1)
      await expect(repair(id)).rejects.toThrow(/Nothing of document .* is readable.*backup/)
      await expect(store.log.open(id)).rejects.toMatchObject({ code: 'log-unavailable' })
    })

    test('a damaged row that a snapshot covers harms nobody: whoever resumes before it gets the snapshot', async () => {
      const { id } = await counted(5)
      const rows = (await store.log.open(id))?.tail ?? []
      const epoch = (await store.log.open(id))?.epoch
      await compact(id)
      await flipBit(id, 4)
      if (epoch === undefined) throw new Error('The document is gone.')
      const slice = await store.log.read(id, { epoch, seq: 2, check: rows[1]?.check ?? '' }, EVERYTHING)
      expect(slice).toMatchObject({ continues: true, snapshot: { throughSeq: 5 }, rows: [] })
      expect(textOf(slice)).toBe('1 2 3 4 5 ')
    })

    test('an unknown document cannot be repaired', async () => {
      const { id } = await counted(1)
      await store.documents.delete(id)
      await expect(repair(id)).rejects.toMatchObject({ code: 'unknown-document' })
    })
  })
}

function textOf(slice: LogSlice | undefined): string {
  const doc = new Y.Doc()
  if (slice?.snapshot !== undefined) Y.applyUpdate(doc, slice.snapshot.bytes)
  for (const { update } of slice?.rows ?? []) Y.applyUpdate(doc, update)
  return doc.getText('content').toJSON()
}
