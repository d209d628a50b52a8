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

    async function damageSnapshot(id: DocumentId, throughSeq: number): Promise<void> {
      const bytes = new Uint8Array([0, 0])
      const snapshot = store.accounts.db.updateTable('snapshot').set({ bytes }).where('document_id', '=', id)
      await snapshot.where('through_seq', '=', throughSeq).execute()
    }

    async function snapshotSeqs(id: DocumentId, epoch: string): Promise<readonly number[]> {
      const snapshots = store.accounts.db.selectFrom('snapshot').select('through_seq').where('document_id', '=', id)
      return (
        await snapshots
          .where('epoch', '=', epoch as never)
          .orderBy('through_seq')
          .execute()
      ).map((row) => row.through_seq)
    }

    async function compact(id: DocumentId): Promise<void> {
      const compactor = await openCompactor(store.location)
      await compactor.compact(id)
      await compactor.close()
    }

    async function repair(id: DocumentId, options?: { force: boolean }) {
      return repairDocument({ dataDir: opened.dataDir, databaseUrl: opened.databaseUrl }, id, options)
    }

    async function text(id: DocumentId): Promise<string> {
      return textOf(await store.log.read(id, undefined, EVERYTHING))
    }

    test('a document goes back to before its damaged row, under a new epoch; the rows after that stay in the table', async () => {
      const { id } = await counted(5)
      const before = await store.log.open(id)
      const rows = before?.tail ?? []
      await flipBit(id, 4)
      const done = await repair(id)
      expect(done).toMatchObject({ outcome: 'cut', throughSeq: 3, at: rows[2]?.at, cutCount: 2, epoch: before?.epoch })
      const cut = { userId: ANN, bytes: rows[3]?.update.byteLength, at: rows[3]?.at }
      expect(done).toMatchObject({
        cutRows: [
          { ...cut, seq: 4, intact: false },
          { seq: 5, intact: true },
        ],
      })
      expect(await text(id)).toBe('1 2 3 ')
      const after = await store.log.open(id)
      expect(after).toMatchObject({ head: 3, snapshotSeq: 3, tail: [] })
      expect(after?.damagedAfterMs).toBeUndefined()
      expect(after?.epoch).not.toBe(before?.epoch)
      const kept = await store.accounts.db.selectFrom('log_row').select('seq').where('document_id', '=', id).execute()
      expect(kept).toHaveLength(5)
    })

    test('whoever finds the damage is told once, and it is counted until the repair', async () => {
      const { id } = await counted(5)
      const counting = await store.damagedDocuments()
      await flipBit(id, 4)
      opened.damages.length = 0
      await Promise.all([store.log.open(id), store.log.open(id), store.log.read(id, undefined, EVERYTHING)])
      await store.log.open(id)
      const epoch = (await store.log.open(id))?.epoch
      expect(opened.damages).toEqual([{ documentId: id, epoch, readableThrough: 3, head: 5 }])
      expect(await store.damagedDocuments()).toBe(counting + 1)
      expect(await text(id)).toBe('1 2 3 ')
      await repair(id)
      expect(await store.damagedDocuments()).toBe(counting)
    })

    test('a second repair does nothing', async () => {
      const { id } = await counted(5)
      await flipBit(id, 4)
      await repair(id)
      const before = await store.log.open(id)
      expect(await repair(id)).toMatchObject({ outcome: 'whole', throughSeq: 3 })
      expect(await store.log.open(id)).toEqual(before)
    })

    test('a row that was mended by hand ends the quarantine: the same epoch goes on, and nothing is cut', async () => {
      const { id, typist } = await counted(5)
      const before = await store.log.open(id)
      await flipBit(id, 4)
      expect(await store.log.open(id)).toMatchObject({ head: 3 })
      await flipBit(id, 4)
      expect(await store.log.open(id)).toMatchObject({ head: 3 })
      await expect(typist.type('6 ')).rejects.toThrow(/overtaken/)
      expect(await repair(id)).toMatchObject({ outcome: 'released', throughSeq: 5 })
      expect(await store.log.open(id)).toEqual(before)
      const again = await Typist.of(store.log, id)
      await again.type('6 ')
      expect(await text(id)).toContain('6 ')
    })

    test('more damage, before the first, moves the end of what is readable', async () => {
      const { id } = await counted(5)
      await flipBit(id, 4)
      expect(await store.log.open(id)).toMatchObject({ head: 3 })
      await flipBit(id, 2)
      expect(await store.log.open(id)).toMatchObject({ head: 1 })
      expect(await repair(id)).toMatchObject({ outcome: 'cut', throughSeq: 1, cutCount: 4 })
    })

    test('a damaged head check is damage too: a repair keeps every row', async () => {
      const { id } = await counted(3)
      await store.accounts.db
        .updateTable('document')
        .set({ head_check: 'feedfacefeedface' })
        .where('id', '=', id)
        .execute()
      expect(await store.log.open(id)).toMatchObject({ head: 3, tail: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] })
      expect((await store.log.open(id))?.damagedAfterMs).toBeGreaterThan(0)
      expect(await repair(id)).toMatchObject({ outcome: 'cut', throughSeq: 3, cutCount: 0 })
      expect(await text(id)).toBe('1 2 3 ')
    })

    test('a damaged snapshot whose rows are kept costs nothing: the older one and the rows serve, and a repair makes it anew', async () => {
      const { id, typist } = await counted(3)
      await compact(id)
      await typist.type('4 ')
      await compact(id)
      const before = await store.log.open(id)
      await damageSnapshot(id, 4)
      expect((await store.log.open(id))?.damagedAfterMs).toBeUndefined()
      expect(await text(id)).toBe('1 2 3 4 ')
      expect(await repair(id)).toMatchObject({ outcome: 'remade', throughSeq: 4 })
      const after = await store.log.open(id)
      expect(after).toEqual(before)
      expect(await store.log.read(id, undefined, EVERYTHING)).toMatchObject({ snapshot: { throughSeq: 4 }, rows: [] })
      expect(await snapshotSeqs(id, after?.epoch ?? '')).toEqual([3, 4])
      expect(await repair(id)).toMatchObject({ outcome: 'whole' })
    })

    test('a damaged state vector is not believed: the room opens with the older snapshot', async () => {
      const { id, typist } = await counted(3)
      await compact(id)
      const vector = (await store.log.open(id))?.snapshotVector
      await typist.type('4 ')
      await compact(id)
      await store.accounts.db
        .updateTable('snapshot')
        .set({ vector: Y.encodeStateVector(new Y.Doc()) })
        .where('document_id', '=', id)
        .where('through_seq', '=', 4)
        .execute()
      const log = await store.log.open(id)
      expect(log).toMatchObject({ snapshotSeq: 3, snapshotVector: vector, head: 4, tail: [{ seq: 4 }] })
    })

    test('damaged snapshots without their rows: what is left is readable, and a repair goes on from it', async () => {
      const { id, typist } = await counted(3)
      await compact(id)
      await typist.type('4 ')
      await compact(id)
      await typist.type('5 ')
      await damageSnapshot(id, 4)
      await store.accounts.db.deleteFrom('log_row').where('document_id', '=', id).where('seq', '<=', 4).execute()
      expect(await text(id)).toBe('1 2 3 ')
      expect(await store.log.open(id)).toMatchObject({ head: 3, snapshotSeq: 3, tail: [] })
      expect(await repair(id)).toMatchObject({ outcome: 'cut', throughSeq: 3, cutCount: 2 })
      expect(await text(id)).toBe('1 2 3 ')
    })

    test('a whole document begins a new epoch only when that is forced', async () => {
      const { id } = await counted(3)
      const before = await store.log.open(id)
      expect(await repair(id, { force: true })).toMatchObject({ outcome: 'cut', throughSeq: 3, cutCount: 0 })
      expect((await store.log.open(id))?.epoch).not.toBe(before?.epoch)
      expect(await text(id)).toBe('1 2 3 ')
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
      expect(await repair(id)).toMatchObject({ outcome: 'whole', throughSeq: 3 })
      expect(await store.log.open(id)).toEqual(before)
    })

    test('a document of which nothing is readable is not made empty', async () => {
      const { id } = await counted(2)
      await flipBit(id, 1)
      await expect(repair(id)).rejects.toThrow(/Nothing of document .* is readable.*backup/)
      expect(await store.log.open(id)).toMatchObject({ head: 0, damagedAfterMs: 0, tail: [] })
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
