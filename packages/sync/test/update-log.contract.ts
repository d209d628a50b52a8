/**
 * What every UpdateLog (and the Access beside it) keeps, whatever it is made of. SPEC.md has the sentences.
 * Rows are real Yjs updates; every test makes documents of its own, so one fixture serves them all.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { emptyCheck, nextCheck, pushHash } from '../src/check.ts'
import type { Access, Head, LogRow, NewRow, OpenedLog, UpdateLog } from '../src/ports.ts'
import {
  DocumentId,
  Epoch,
  ReplicaId,
  UserId,
  type DocumentId as Id,
  type ResumeToken,
  type Role,
} from '../src/protocol.ts'

/** One storage, a log and an access over it, and the product's side of both. */
export interface UpdateLogFixture {
  readonly log: UpdateLog
  readonly access: Access
  /** A new document with an empty log; its link lets anybody edit unless `linkRole` says otherwise. */
  createDocument(options: {
    owner: UserId
    linkRole?: Exclude<Role, 'owner'> | undefined
    schemaVersion: number
  }): Promise<Id>
  deleteDocument(documentId: Id): Promise<void>
  setRole(documentId: Id, userId: UserId, role: Exclude<Role, 'owner'> | undefined): Promise<void>
  /** Makes a snapshot through the head; rows through `dropThroughSeq` are not kept any more. */
  compact(documentId: Id, dropThroughSeq: number): Promise<void>
  /** Another instance over the same storage, as another node or a later process has. Closed by `close`. */
  another(): Promise<UpdateLog>
  close(): Promise<void>
}

const ANN = UserId.parse('user-ann-1')
const BOB = UserId.parse('user-bob-1')
const EVERYTHING = 64 * 1024 * 1024

/** A replica that types: each call makes the next row of a log that it believes in. */
class Typist {
  readonly doc = new Y.Doc()
  readonly userId: UserId
  readonly replicaId = ReplicaId.parse(`replica-${crypto.randomUUID()}`)
  #pushId = 0

  constructor(userId: UserId = ANN) {
    this.userId = userId
  }

  row(previousCheck: string, text = 'word '): NewRow {
    const before = Y.encodeStateVector(this.doc)
    const content = this.doc.getText('content')
    content.insert(content.length, text)
    const update = Y.encodeStateAsUpdate(this.doc, before)
    this.#pushId += 1
    return {
      update,
      check: nextCheck(previousCheck, update),
      userId: this.userId,
      replicaId: this.replicaId,
      pushId: this.#pushId,
      pushHash: pushHash(update),
      newClients: this.#pushId === 1 ? [this.doc.clientID] : [],
    }
  }

  rows(previousCheck: string, count: number, text?: string): NewRow[] {
    const rows: NewRow[] = []
    for (let i = 0; i < count; i += 1) rows.push(this.row(rows.at(-1)?.check ?? previousCheck, text))
    return rows
  }
}

/** Where a log stands after these rows. */
function after(head: Head, rows: readonly NewRow[]): Head {
  return { ...head, head: head.head + rows.length, check: rows.at(-1)?.check ?? head.check }
}

function token(head: Pick<Head, 'epoch' | 'head' | 'check'>): ResumeToken {
  return { epoch: head.epoch, seq: head.head, check: head.check }
}

function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc.getText('content').toString()
}

function seqs(rows: readonly LogRow[]): number[] {
  return rows.map(({ seq }) => seq)
}

/** Runs the rules of the log against an adapter. `make` is called once; nothing of it may be shared with another suite. */
export function describeUpdateLog(name: string, make: () => Promise<UpdateLogFixture>): void {
  describe(`UpdateLog: ${name}`, () => {
    let fixture: UpdateLogFixture
    beforeAll(async () => {
      fixture = await make()
    })
    afterAll(async () => {
      await fixture?.close()
    })

    async function created(options: { schemaVersion?: number } = {}): Promise<{ id: Id; head: Head }> {
      const id = await fixture.createDocument({ owner: ANN, schemaVersion: options.schemaVersion ?? 1 })
      return { id, head: headOf(await opened(id)) }
    }

    async function opened(id: Id): Promise<OpenedLog> {
      const log = await fixture.log.open(id)
      if (log === undefined) throw new Error(`There is no document ${id}.`)
      return log
    }

    /** A document with this many rows, each of its own append. */
    async function written(
      count: number,
      text?: string,
    ): Promise<{ id: Id; head: Head; rows: NewRow[]; typist: Typist }> {
      const { id, head } = await created()
      const typist = new Typist()
      const rows = typist.rows(head.check, count, text)
      expect(await fixture.log.append(id, head, rows)).toMatchObject({ status: 'appended', fromSeq: 1 })
      return { id, head: after(head, rows), rows, typist }
    }

    test('[LOG-1] what append resolved for is there in a new instance, byte for byte', async () => {
      const { id, rows, head } = await written(3)
      const other = await fixture.another()
      const tail = (await other.open(id))?.tail ?? []
      expect(seqs(tail)).toEqual([1, 2, 3])
      for (const [index, row] of tail.entries()) {
        const { newClients: _, pushHash: __, ...given } = rows[index] as NewRow
        expect(row).toMatchObject({ ...given, seq: index + 1 })
        expect(Object.getPrototypeOf(row.update)).toBe(Uint8Array.prototype)
        expect(row.at).toBeGreaterThan(0)
      }
      expect(headOf(await opened(id))).toEqual(head)
    })

    test('[LOG-2] a document that was never made cannot be opened, read or appended to, and has no head or roles', async () => {
      const id = DocumentId.parse('no-such-document')
      const head = {
        epoch: Epoch.parse('epoch-none'),
        head: 0,
        check: emptyCheck(Epoch.parse('epoch-none')),
        accessVersion: 1,
        schemaVersion: 1,
      }
      expect(await fixture.log.open(id)).toBeUndefined()
      expect(await fixture.log.read(id, undefined, EVERYTHING)).toBeUndefined()
      expect(await fixture.log.append(id, head, [new Typist().row(head.check)])).toEqual({ status: 'gone' })
      expect(await fixture.log.heads([id])).toEqual(new Map())
      expect(await fixture.access.rolesOf(id, [ANN])).toBeUndefined()
    })

    test('[LOG-3] a deleted document is like one that was never made, also for an append on its way', async () => {
      const { id, head, typist } = await written(1)
      await fixture.deleteDocument(id)
      expect(await fixture.log.append(id, head, [typist.row(head.check)])).toEqual({ status: 'gone' })
      expect(await fixture.log.open(id)).toBeUndefined()
      expect(await fixture.log.read(id, token(head), EVERYTHING)).toBeUndefined()
      expect(await fixture.log.heads([id])).toEqual(new Map())
      expect(await fixture.access.rolesOf(id, [ANN])).toBeUndefined()
    })

    test('[LOG-4] a new log is empty: head 0, the check of an empty epoch, nothing to read', async () => {
      const { id, head } = await created()
      expect(head).toEqual({
        epoch: head.epoch,
        head: 0,
        check: emptyCheck(head.epoch),
        accessVersion: head.accessVersion,
        schemaVersion: 1,
      })
      expect(await opened(id)).toMatchObject({ snapshotSeq: 0, snapshotBytes: 0, tail: [] })
      expect(await fixture.log.read(id, undefined, EVERYTHING)).toEqual({ ...head, continues: false, rows: [] })
      expect(await fixture.log.read(id, token(head), EVERYTHING)).toEqual({ ...head, continues: true, rows: [] })
    })

    test('[LOG-5] rows are written only on the head, check, epoch and access version that the caller expects', async () => {
      const { id, head, typist } = await written(2)
      const row = typist.row(head.check)
      const wrong: Head[] = [
        { ...head, head: 1 },
        { ...head, head: 3 },
        { ...head, check: nextCheck(head.check, row.update) },
        { ...head, epoch: Epoch.parse('another-epoch') },
        { ...head, accessVersion: head.accessVersion + 1 },
      ]
      for (const expected of wrong) {
        expect(await fixture.log.append(id, expected, [row])).toMatchObject({ status: 'overtaken', head })
      }
      expect(headOf(await opened(id))).toEqual(head)
      expect(await fixture.log.append(id, head, [row])).toMatchObject({ status: 'appended', fromSeq: 3 })
    })

    test('[LOG-6] an overtaken append brings the rows it missed, and none when what it expected is of another history', async () => {
      const { id, head, rows, typist } = await written(3)
      const [first] = rows as [NewRow]
      const row = typist.row(head.check)
      const behind = await fixture.log.append(id, { ...head, head: 1, check: first.check }, [row])
      expect(behind.status === 'overtaken' && seqs(behind.missed)).toEqual([2, 3])
      const elsewhere = await fixture.log.append(id, { ...head, head: 1, check: 'feedfacefeedface' }, [row])
      expect(elsewhere).toEqual({ status: 'overtaken', head, missed: [] })
    })

    test('[LOG-7] a change of access overtakes the appends that did not see it', async () => {
      const { id, head, typist } = await written(1)
      await fixture.setRole(id, BOB, 'viewer')
      const row = typist.row(head.check)
      const outcome = await fixture.log.append(id, head, [row])
      expect(outcome).toMatchObject({ status: 'overtaken', missed: [] })
      const { accessVersion } = (await fixture.log.heads([id])).get(id) as Head
      expect(accessVersion).toBeGreaterThan(head.accessVersion)
      expect(await fixture.log.append(id, { ...head, accessVersion }, [row])).toMatchObject({ status: 'appended' })
    })

    test('[LOG-8] seqs are dense and in commit order under 8 concurrent writers on two instances', async () => {
      const { id, head } = await created()
      const instances = [fixture.log, await fixture.another()]
      const acked: { fromSeq: number; rows: readonly NewRow[] }[] = []
      const write = async (log: UpdateLog): Promise<void> => {
        const typist = new Typist()
        let known = head
        for (let written = 0; written < 5;) {
          const rows = typist.rows(known.check, 2)
          for (let attempt = 1; ; attempt += 1) {
            const chained = rechained(rows, known.check)
            const outcome = await log.append(id, known, chained, { patient: attempt >= 3 })
            if (outcome.status === 'gone') throw new Error('The document is gone.')
            if (outcome.status === 'appended') {
              acked.push({ fromSeq: outcome.fromSeq, rows: chained })
              known = after(known, chained)
              written += 1
              break
            }
            // What came between follows exactly what this writer knew.
            expect(outcome.missed[0]?.seq).toBe(known.head + 1)
            known = {
              ...outcome.head,
              head: known.head + outcome.missed.length,
              check: outcome.missed.at(-1)?.check ?? known.check,
            }
          }
        }
      }
      await Promise.all(Array.from({ length: 8 }, (_, index) => write(instances[index % 2] as UpdateLog)))
      const { tail, head: last } = await opened(id)
      expect(last).toBe(8 * 5 * 2)
      expect(seqs(tail)).toEqual(Array.from({ length: last }, (_, index) => index + 1))
      let check = head.check
      for (const row of tail) {
        check = nextCheck(check, row.update)
        expect(row.check).toBe(check)
      }
      for (const { fromSeq, rows } of acked) {
        for (const [index, row] of rows.entries()) {
          expect(tail[fromSeq - 1 + index]).toMatchObject({
            replicaId: row.replicaId,
            pushId: row.pushId,
            check: row.check,
          })
        }
      }
    })

    test('[LOG-9] appends of many documents made at once are all written, each by its own expectation', async () => {
      const documents = await Promise.all(Array.from({ length: 20 }, () => created()))
      const outcomes = await Promise.all(
        documents.map(({ id, head }, index) => {
          const expected = index % 5 === 0 ? { ...head, head: 7 } : head
          return fixture.log.append(id, expected, new Typist().rows(head.check, 2))
        }),
      )
      expect(outcomes.map(({ status }) => status)).toEqual(
        documents.map((_, index) => (index % 5 === 0 ? 'overtaken' : 'appended')),
      )
      const heads = await fixture.log.heads(documents.map(({ id }) => id))
      expect(documents.map(({ id }) => heads.get(id)?.head)).toEqual(
        documents.map((_, index) => (index % 5 === 0 ? 0 : 2)),
      )
    })

    test('[LOG-10] a push that is in the log already is not written again and takes no other document down with it', async () => {
      const repeated = await written(1)
      const others = await Promise.all([created(), created(), created()])
      const again = {
        ...(repeated.rows[0] as NewRow),
        check: nextCheck(repeated.head.check, (repeated.rows[0] as NewRow).update),
      }
      const [outcome, ...rest] = await Promise.all([
        fixture.log.append(repeated.id, repeated.head, [again]),
        ...others.map(({ id, head }) => fixture.log.append(id, head, [new Typist().row(head.check)])),
      ])
      expect(outcome).toEqual({ status: 'overtaken', head: repeated.head, missed: [] })
      expect(rest.map(({ status }) => status)).toEqual(['appended', 'appended', 'appended'])
      expect(headOf(await opened(repeated.id))).toEqual(repeated.head)
    })

    test('[LOG-11] all rows of an append are written or none', async () => {
      const { id, head, rows, typist } = await written(2)
      const fresh = typist.row(head.check)
      const repeat = { ...(rows[0] as NewRow), check: nextCheck(fresh.check, (rows[0] as NewRow).update) }
      expect(await fixture.log.append(id, head, [fresh, repeat])).toMatchObject({ status: 'overtaken' })
      expect(seqs((await opened(id)).tail)).toEqual([1, 2])
      expect((await fixture.log.findPush(id, fresh))?.seq).toBeUndefined()
    })

    test('[LOG-12] a push is found by its user, replica and id, with the hash of its bytes; the last id of a replica is known', async () => {
      const { id, rows, typist } = await written(3)
      const second = rows[1] as NewRow
      expect(await fixture.log.findPush(id, second)).toEqual({ seq: 2, pushHash: second.pushHash })
      expect(await fixture.log.findPush(id, { ...second, userId: BOB })).toBeUndefined()
      expect(await fixture.log.findPush(id, { ...second, pushId: 9 })).toBeUndefined()
      expect(await fixture.log.lastPushId(id, ANN, typist.replicaId)).toBe(3)
      expect(await fixture.log.lastPushId(id, BOB, typist.replicaId)).toBe(0)
    })

    test('[LOG-13] a Yjs client id belongs to the user who brought it first', async () => {
      const { id, head, typist } = await written(1)
      const bob = new Typist(BOB)
      const rows = [bob.row(head.check)]
      const stolen = { ...(rows[0] as NewRow), newClients: [bob.doc.clientID, typist.doc.clientID, 4_294_967_295] }
      await fixture.log.append(id, head, [stolen])
      expect((await opened(id)).owners).toEqual(
        new Map([
          [typist.doc.clientID, ANN],
          [bob.doc.clientID, BOB],
          [4_294_967_295, BOB],
        ]),
      )
    })

    test('[LOG-14] a newer schema version is raised together with the rows, and never lowered', async () => {
      const { id, head } = await created({ schemaVersion: 3 })
      const typist = new Typist()
      const [first, second] = typist.rows(head.check, 2) as [NewRow, NewRow]
      await fixture.log.append(id, { ...head, schemaVersion: 5 }, [first])
      expect((await opened(id)).schemaVersion).toBe(5)
      await fixture.log.append(id, { ...after(head, [first]), schemaVersion: 2 }, [second])
      expect((await opened(id)).schemaVersion).toBe(5)
    })

    test('[LOG-15] reading continues a token of this history with the rows after it', async () => {
      const { id, head, rows } = await written(4)
      const from = token({ ...head, head: 2, check: (rows[1] as NewRow).check })
      const slice = await fixture.log.read(id, from, EVERYTHING)
      expect(slice).toMatchObject({ ...head, continues: true })
      expect(slice?.snapshot).toBeUndefined()
      expect(seqs(slice?.rows ?? [])).toEqual([3, 4])
      expect(await fixture.log.read(id, token(head), EVERYTHING)).toEqual({ ...head, continues: true, rows: [] })
    })

    test('[LOG-16] a token of another epoch, with another check or beyond the head is answered from nothing', async () => {
      const { id, head, rows } = await written(3)
      const strangers: ResumeToken[] = [
        { ...token(head), epoch: Epoch.parse('another-epoch') },
        { ...token(head), check: 'feedfacefeedface' },
        { ...token(head), seq: 2, check: 'feedfacefeedface' },
        { ...token(head), seq: 0, check: 'feedfacefeedface' },
        { ...token(head), seq: 4 },
      ]
      for (const from of [undefined, ...strangers]) {
        const slice = await fixture.log.read(id, from, EVERYTHING)
        expect(slice?.continues).toBe(false)
        expect(seqs(slice?.rows ?? [])).toEqual([1, 2, 3])
      }
      expect(rows).toHaveLength(3)
    })

    test('[LOG-17] a slice holds about maxBytes of whole rows, at least one, and the next one goes on after it', async () => {
      const { id, head, rows } = await written(6, 'x'.repeat(300))
      const size = (rows[1] as NewRow).update.byteLength
      const read: LogRow[] = []
      let from: ResumeToken | undefined
      let slices = 0
      while (read.length < head.head) {
        const slice = await fixture.log.read(id, from, slices === 0 ? 1 : 2 * size + 1)
        const last = slice?.rows.at(-1)
        if (slice === undefined || last === undefined) throw new Error('A slice of a log that goes on has a row.')
        expect(slice.rows.length).toBe(slices === 0 ? 1 : Math.min(2, head.head - read.length))
        read.push(...slice.rows)
        from = { epoch: head.epoch, seq: last.seq, check: last.check }
        slices += 1
      }
      expect(slices).toBe(4)
      expect(seqs(read)).toEqual([1, 2, 3, 4, 5, 6])
    })

    test("[LOG-18] a compacted document opens with its snapshot's state vector and the rows after it", async () => {
      const { id, head, typist } = await written(4)
      await fixture.compact(id, 0)
      const more = typist.rows(head.check, 2)
      await fixture.log.append(id, head, more)
      const log = await opened(id)
      expect(log).toMatchObject({ snapshotSeq: 4, head: 6 })
      expect(log.snapshotBytes).toBeGreaterThan(0)
      expect(log.snapshotVector).toEqual(new Map([[typist.doc.clientID, 4 * 'word '.length]]))
      expect(seqs(log.tail)).toEqual([5, 6])
    })

    test('[LOG-19] from nothing, a compacted document is its snapshot and the rows after it', async () => {
      const { id, head, typist } = await written(4)
      await fixture.compact(id, 2)
      await fixture.log.append(id, head, typist.rows(head.check, 2))
      const slice = await fixture.log.read(id, undefined, EVERYTHING)
      expect(slice).toMatchObject({ continues: false, snapshot: { throughSeq: 4, check: head.check } })
      expect(seqs(slice?.rows ?? [])).toEqual([5, 6])
      expect(textOf([slice?.snapshot?.bytes as Uint8Array, ...(slice?.rows ?? []).map(({ update }) => update)])).toBe(
        'word '.repeat(6),
      )
      expect(Object.getPrototypeOf(slice?.snapshot?.bytes)).toBe(Uint8Array.prototype)
    })

    test('[LOG-20] a token whose rows are kept goes on with rows; one whose rows are not kept continues with the snapshot', async () => {
      const { id, head, rows } = await written(5)
      await fixture.compact(id, 3)
      const at = (seq: number): ResumeToken => ({ epoch: head.epoch, seq, check: (rows[seq - 1] as NewRow).check })
      const kept = await fixture.log.read(id, at(4), EVERYTHING)
      expect(kept?.snapshot).toBeUndefined()
      expect(seqs(kept?.rows ?? [])).toEqual([5])
      const old = await fixture.log.read(id, at(1), EVERYTHING)
      expect(old).toMatchObject({ continues: true, snapshot: { throughSeq: 5 }, rows: [] })
      const whole = await fixture.log.read(id, at(5), EVERYTHING)
      expect(whole).toMatchObject({ continues: true, rows: [] })
      const stranger = await fixture.log.read(id, { ...at(4), check: 'feedfacefeedface' }, EVERYTHING)
      expect(stranger).toMatchObject({ continues: false, snapshot: { throughSeq: 5 } })
    })

    test('[LOG-21] heads answers for the documents that there are, in one go', async () => {
      const [one, two, gone] = [await written(1), await written(2), await written(1)]
      await fixture.deleteDocument(gone.id)
      expect(await fixture.log.heads([one.id, two.id, gone.id, DocumentId.parse('no-such-document')])).toEqual(
        new Map([
          [one.id, one.head],
          [two.id, two.head],
        ]),
      )
      expect(await fixture.log.heads([])).toEqual(new Map())
    })

    test('[LOG-22] a read shows an append only once it is durable, and then shows it whole', async () => {
      const { id, head } = await created()
      const other = await fixture.another()
      const rows = new Typist().rows(head.check, 50)
      let acked = false
      const append = fixture.log.append(id, head, rows).then(() => (acked = true))
      const seen: number[] = []
      while (!acked) {
        seen.push((await other.open(id))?.tail.length ?? -1)
        // A read may take no turn of the event loop at all; the disk's answer needs one.
        await new Promise((resolve) => setImmediate(resolve))
      }
      await append
      seen.push((await other.open(id))?.tail.length ?? -1)
      expect(seen.at(-1)).toBe(50)
      expect(seen.every((length) => length === 0 || length === 50)).toBe(true)
    })

    test("[LOG-23] a role is the greater of one's own and the link's; the owner is the owner; nobody else is named", async () => {
      const id = await fixture.createDocument({ owner: ANN, linkRole: undefined, schemaVersion: 1 })
      const { accessVersion } = headOf(await opened(id))
      expect(await fixture.access.rolesOf(id, [ANN, BOB])).toEqual({ accessVersion, roles: new Map([[ANN, 'owner']]) })
      await fixture.setRole(id, BOB, 'commenter')
      const changed = await fixture.access.rolesOf(id, [BOB])
      expect(changed?.roles).toEqual(new Map([[BOB, 'commenter']]))
      expect(changed?.accessVersion).toBe((await opened(id)).accessVersion)
      await fixture.setRole(id, BOB, undefined)
      expect((await fixture.access.rolesOf(id, [BOB]))?.roles).toEqual(new Map())
      expect((await fixture.access.rolesOf(id, []))?.roles).toEqual(new Map())
      const linked = await fixture.createDocument({ owner: ANN, linkRole: 'commenter', schemaVersion: 1 })
      await fixture.setRole(linked, BOB, 'viewer')
      expect((await fixture.access.rolesOf(linked, [BOB]))?.roles).toEqual(new Map([[BOB, 'commenter']]))
    })
  })
}

function headOf({ epoch, head, check, accessVersion, schemaVersion }: Head): Head {
  return { epoch, head, check, accessVersion, schemaVersion }
}

/** The same pushes, after another row. */
function rechained(rows: readonly NewRow[], previousCheck: string): NewRow[] {
  let check = previousCheck
  return rows.map((row) => {
    check = nextCheck(check, row.update)
    return { ...row, check }
  })
}
