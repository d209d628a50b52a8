/** What compaction keeps on either database. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DocumentId } from '@tandem/sync'
import { sql } from 'kysely'
import * as Y from 'yjs'
import { contentHash } from '../src/compaction.ts'
import { openCompactor, type Compactor, type Store } from '../src/index.ts'
import { ANN, type OpenedStore } from './opened-store.ts'
import { Typist } from './typist.ts'

const EVERYTHING = 64 * 1024 * 1024
const DAY_MS = 24 * 60 * 60 * 1000
/** No row is too young to go. */
const LATER = { now: Date.now() + 1_000 * DAY_MS }

export function describeCompaction(name: string, make: () => Promise<OpenedStore>): void {
  describe(`compaction: ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    let compactor: Compactor
    beforeAll(async () => {
      opened = await make()
      store = opened.store
      compactor = await openCompactor(store.location)
    })
    afterAll(async () => {
      await compactor?.close()
      await opened?.close()
    })

    async function typed(rows: number): Promise<{ id: DocumentId; typist: Typist }> {
      const { id } = await store.documents.create({ title: 'Long', ownerId: ANN, schemaVersion: 1 })
      const typist = await Typist.of(store.log, id)
      await typeMore(typist, rows)
      return { id, typist }
    }

    /** Inserts and deletes, so that there is something to merge. */
    async function typeMore(typist: Typist, rows: number): Promise<void> {
      for (let i = 0; i < rows; i += 1) {
        await typist.edit((doc) => {
          const content = doc.getText('content')
          content.insert(Math.floor(content.length / 2), `word ${i} `)
          if (i % 3 === 2) content.delete(0, 4)
        })
      }
    }

    /** What a replica that starts from nothing has in the end. */
    async function replayed(id: DocumentId): Promise<{ doc: Y.Doc; snapshotSeq: number; rows: number }> {
      const slice = await store.log.read(id, undefined, EVERYTHING)
      if (slice === undefined) throw new Error('The document is gone.')
      const doc = new Y.Doc()
      for (const update of [slice.snapshot?.bytes ?? [], slice.rows.map((row) => row.update)].flat()) {
        if (update instanceof Uint8Array) Y.applyUpdate(doc, update)
      }
      return { doc, snapshotSeq: slice.snapshot?.throughSeq ?? 0, rows: slice.rows.length }
    }

    async function rowsKept(id: DocumentId): Promise<number> {
      const rows = await store.accounts.db.selectFrom('log_row').select('seq').where('document_id', '=', id).execute()
      return rows.length
    }

    /** From here on a snapshot of this document is stored with other bytes than were written. */
    async function storeSnapshotsWrongly(id: DocumentId): Promise<void> {
      const statements =
        opened.databaseUrl === undefined
          ? [
              `create trigger lie after insert on snapshot when new.document_id = '${id}' begin
                update snapshot set bytes = x'0000' where document_id = new.document_id and through_seq = new.through_seq;
              end`,
            ]
          : [
              `create function lie() returns trigger language plpgsql as $$ begin new.bytes := '\\x0000'; return new; end $$`,
              `create trigger lie before insert on snapshot for each row when (new.document_id = '${id}') execute function lie()`,
            ]
      for (const statement of statements) await sql.raw(statement).execute(store.accounts.db)
    }

    test('a snapshot takes the place of the rows it was made of; nothing of the document changes', async () => {
      const { id, typist } = await typed(250)
      expect(await compactor.compact(id)).toMatchObject({ throughSeq: 250, droppedRows: 0 })
      await typeMore(typist, 3)
      const { doc, snapshotSeq, rows } = await replayed(id)
      expect({ snapshotSeq, rows }).toEqual({ snapshotSeq: 250, rows: 3 })
      expect(contentHash(doc)).toBe(contentHash(typist.doc))
      const open = await store.log.open(id)
      expect(open?.snapshotVector.get(typist.doc.clientID)).toBeGreaterThan(0)
      expect(await compactor.compact(id)).toMatchObject({ throughSeq: 253 })
      expect(await compactor.compact(id)).toMatchObject({ throughSeq: undefined, droppedRows: 0 })
    })

    test('rows are dropped once the older of two snapshots covers them and they are old', async () => {
      const { id, typist } = await typed(20)
      expect(await compactor.compact(id, LATER)).toMatchObject({ throughSeq: 20, droppedRows: 0 })
      await typeMore(typist, 5)
      expect(await compactor.compact(id, { now: 0 })).toMatchObject({ throughSeq: 25, droppedRows: 0 })
      expect(await compactor.compact(id, LATER)).toMatchObject({ throughSeq: undefined, droppedRows: 20 })
      await typeMore(typist, 5)
      expect(await compactor.compact(id, LATER)).toMatchObject({ throughSeq: 30, droppedRows: 5 })
      expect(
        (
          await store.accounts.db
            .selectFrom('snapshot')
            .select('through_seq')
            .where('document_id', '=', id)
            .orderBy('through_seq')
            .execute()
        ).map((row) => row.through_seq),
      ).toEqual([25, 30])
      expect(contentHash((await replayed(id)).doc)).toBe(contentHash(typist.doc))
    })

    test('the newest snapshot may be damaged: the older one and the rows after it serve, and compaction goes on from there', async () => {
      const { id, typist } = await typed(10)
      await compactor.compact(id)
      await typeMore(typist, 5)
      await compactor.compact(id)
      const snapshot = () => store.accounts.db.updateTable('snapshot').where('document_id', '=', id)
      await snapshot()
        .set({ bytes: new Uint8Array([0, 0]) })
        .where('through_seq', '=', 15)
        .execute()
      const { doc, snapshotSeq, rows } = await replayed(id)
      expect({ snapshotSeq, rows }).toEqual({ snapshotSeq: 10, rows: 5 })
      expect(contentHash(doc)).toBe(contentHash(typist.doc))
      await typeMore(typist, 1)
      expect(await compactor.compact(id, LATER)).toMatchObject({ throughSeq: 16, droppedRows: 0 })
      expect((await replayed(id)).snapshotSeq).toBe(16)
    })

    test('of a damaged log nothing is compacted or dropped; who finds it first says so', async () => {
      const { id, typist } = await typed(10)
      await compactor.compact(id, LATER)
      await typeMore(typist, 5)
      await store.accounts.db
        .updateTable('log_row')
        .set({ update: new Uint8Array([0, 0]) })
        .where('document_id', '=', id)
        .where('seq', '=', 13)
        .execute()
      const { epoch } = typist.head
      const nothing = { throughSeq: undefined, snapshotBytes: 0, snapshotStructs: 0, droppedRows: 0 }
      const damage = { documentId: id, epoch, readableThrough: 12, head: 15 }
      expect(await compactor.compact(id, LATER)).toEqual({ ...nothing, damage })
      expect(await compactor.compact(id, LATER)).toEqual(nothing)
      const { snapshotSeq, rows } = await replayed(id)
      expect({ snapshotSeq, rows }).toEqual({ snapshotSeq: 10, rows: 2 })
      expect(await rowsKept(id)).toBe(15)
    })

    test('a snapshot never ends inside of rows that were appended together, and no row goes that it does not cover', async () => {
      const { id, typist } = await typed(3)
      const boundaries = new Set([0, 3])
      const throughSeqs: number[] = []
      const writer = { ended: false }
      const write = async (): Promise<void> => {
        // Until it has been compacted some times meanwhile, however slow that is.
        for (let round = 0; round < 25 || throughSeqs.length < 3; round += 1) {
          await typist.editTogether(7, (doc, index) => doc.getText('content').insert(0, `${round}.${index} `))
          boundaries.add(typist.head.head)
        }
      }
      const writing = write().finally(() => (writer.ended = true))
      while (!writer.ended) {
        const { throughSeq } = await compactor.compact(id, LATER)
        if (throughSeq !== undefined) throughSeqs.push(throughSeq)
        // With nothing to do it takes no turn of the event loop, and the writer would never have its own.
        await setImmediate()
      }
      await writing
      expect(throughSeqs.filter((seq) => !boundaries.has(seq))).toEqual([])
      expect(contentHash((await replayed(id)).doc)).toBe(contentHash(typist.doc))
    })

    test('a compaction whose snapshot is not stored as it was written deletes nothing but that', async () => {
      const { id, typist } = await typed(10)
      await compactor.compact(id, LATER)
      await typeMore(typist, 5)
      await storeSnapshotsWrongly(id)
      await expect(compactor.compact(id, LATER)).rejects.toThrow(/snapshot through 15 is not what was written/)
      expect(await rowsKept(id)).toBe(15)
      expect((await replayed(id)).snapshotSeq).toBe(10)
      expect(contentHash((await replayed(id)).doc)).toBe(contentHash(typist.doc))
    })

    test('two compactors and a writer at once: one history, every row in it', async () => {
      const { id, typist } = await typed(30)
      const other = await openCompactor(store.location)
      try {
        await Promise.all([
          typeMore(typist, 40),
          ...[compactor, other].map(async (each) => {
            for (let round = 0; round < 5; round += 1) await each.compact(id, LATER)
          }),
        ])
        await compactor.compact(id, LATER)
        expect(contentHash((await replayed(id)).doc)).toBe(contentHash(typist.doc))
        expect(await store.log.open(id)).toMatchObject({ head: 70, snapshotSeq: 70 })
        const { bytes } = await store.accounts.db
          .selectFrom('document')
          .select('bytes')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        expect(bytes).toBe((await store.log.open(id))?.snapshotBytes)
      } finally {
        await other.close()
      }
    })

    test('a checkpoint may come at any time', async () => {
      compactor.checkpoint()
      const { id } = await typed(3)
      compactor.checkpoint()
      expect((await replayed(id)).rows).toBe(3)
    })

    test('a document that is gone needs no compaction', async () => {
      const { id } = await typed(3)
      await store.documents.delete(id)
      expect(await compactor.compact(id)).toEqual({
        throughSeq: undefined,
        snapshotBytes: 0,
        snapshotStructs: 0,
        droppedRows: 0,
      })
    })
  })
}
