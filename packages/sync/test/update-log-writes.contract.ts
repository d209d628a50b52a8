import { expect, test } from 'vitest'
import { emptyCheck, nextCheck } from '../src/check.ts'
import type { Head, NewRow, UpdateLog } from '../src/ports.ts'
import { DocumentId, Epoch } from '../src/protocol.ts'
import { after, ANN, BOB, EVERYTHING, headOf, rechained, seqs, token, Typist, type LogBench } from './log-bench.ts'

/** What an append keeps, and what it must not do. */
export function writingRules(bench: () => LogBench): void {
  test('[LOG-1] what append resolved for is there in a new instance, byte for byte', async () => {
    const { id, rows, head } = await bench().written(3)
    const other = await bench().fixture.another()
    const tail = (await other.open(id))?.tail ?? []
    expect(seqs(tail)).toEqual([1, 2, 3])
    for (const [index, row] of tail.entries()) {
      const { newClients: _, pushHash: __, ...given } = rows[index] as NewRow
      expect(row).toMatchObject({ ...given, seq: index + 1 })
      expect(Object.getPrototypeOf(row.update)).toBe(Uint8Array.prototype)
      expect(row.at).toBeGreaterThan(0)
    }
    expect(headOf(await bench().opened(id))).toEqual(head)
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
    expect(await bench().log.open(id)).toBeUndefined()
    expect(await bench().log.read(id, undefined, EVERYTHING)).toBeUndefined()
    expect(await bench().log.append(id, head, [new Typist().row(head.check)])).toEqual({ status: 'gone' })
    expect(await bench().log.heads([id])).toEqual(new Map())
    expect(await bench().fixture.access.rolesOf(id, [ANN])).toBeUndefined()
  })

  test('[LOG-3] a deleted document is like one that was never made, also for an append on its way', async () => {
    const { id, head, typist } = await bench().written(1)
    await bench().fixture.deleteDocument(id)
    expect(await bench().log.append(id, head, [typist.row(head.check)])).toEqual({ status: 'gone' })
    expect(await bench().log.open(id)).toBeUndefined()
    expect(await bench().log.read(id, token(head), EVERYTHING)).toBeUndefined()
    expect(await bench().log.heads([id])).toEqual(new Map())
    expect(await bench().fixture.access.rolesOf(id, [ANN])).toBeUndefined()
  })

  test('[LOG-4] a new log is empty: head 0, the check of an empty epoch, nothing to read', async () => {
    const { id, head } = await bench().created()
    expect(head).toEqual({
      epoch: head.epoch,
      head: 0,
      check: emptyCheck(head.epoch),
      accessVersion: head.accessVersion,
      schemaVersion: 1,
    })
    expect(await bench().opened(id)).toMatchObject({ snapshotSeq: 0, snapshotBytes: 0, tail: [] })
    expect(await bench().log.read(id, undefined, EVERYTHING)).toEqual({ ...head, continues: false, rows: [] })
    expect(await bench().log.read(id, token(head), EVERYTHING)).toEqual({ ...head, continues: true, rows: [] })
  })

  test('[LOG-5] rows are written only on the head, check, epoch and access version that the caller expects', async () => {
    const { id, head, typist } = await bench().written(2)
    const row = typist.row(head.check)
    const wrong: Head[] = [
      { ...head, head: 1 },
      { ...head, head: 3 },
      { ...head, check: nextCheck(head.check, row.update) },
      { ...head, epoch: Epoch.parse('another-epoch') },
      { ...head, accessVersion: head.accessVersion + 1 },
    ]
    for (const expected of wrong) {
      expect(await bench().log.append(id, expected, [row])).toMatchObject({ status: 'overtaken', head })
    }
    expect(headOf(await bench().opened(id))).toEqual(head)
    expect(await bench().log.append(id, head, [row])).toMatchObject({ status: 'appended', fromSeq: 3 })
  })

  test('[LOG-6] an overtaken append brings the rows it missed, and none when what it expected is of another history', async () => {
    const { id, head, rows, typist } = await bench().written(3)
    const [first] = rows as [NewRow]
    const row = typist.row(head.check)
    const behind = await bench().log.append(id, { ...head, head: 1, check: first.check }, [row])
    expect(behind.status === 'overtaken' && seqs(behind.missed)).toEqual([2, 3])
    const elsewhere = await bench().log.append(id, { ...head, head: 1, check: 'feedfacefeedface' }, [row])
    expect(elsewhere).toEqual({ status: 'overtaken', head, missed: [] })
  })

  test('[LOG-7] a change of access overtakes the appends that did not see it', async () => {
    const { id, head, typist } = await bench().written(1)
    await bench().fixture.setRole(id, BOB, 'viewer')
    const row = typist.row(head.check)
    const outcome = await bench().log.append(id, head, [row])
    expect(outcome).toMatchObject({ status: 'overtaken', missed: [] })
    const { accessVersion } = (await bench().log.heads([id])).get(id) as Head
    expect(accessVersion).toBeGreaterThan(head.accessVersion)
    expect(await bench().log.append(id, { ...head, accessVersion }, [row])).toMatchObject({ status: 'appended' })
  })

  test('[LOG-8] seqs are dense and in commit order under 8 concurrent writers on two instances', async () => {
    const { id, head } = await bench().created()
    const instances = [bench().log, await bench().fixture.another()]
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
    const { tail, head: last } = await bench().opened(id)
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
    const documents = await Promise.all(Array.from({ length: 20 }, () => bench().created()))
    const outcomes = await Promise.all(
      documents.map(({ id, head }, index) => {
        const expected = index % 5 === 0 ? { ...head, head: 7 } : head
        return bench().log.append(id, expected, new Typist().rows(head.check, 2))
      }),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(
      documents.map((_, index) => (index % 5 === 0 ? 'overtaken' : 'appended')),
    )
    const heads = await bench().log.heads(documents.map(({ id }) => id))
    expect(documents.map(({ id }) => heads.get(id)?.head)).toEqual(
      documents.map((_, index) => (index % 5 === 0 ? 0 : 2)),
    )
  })

  test('[LOG-10] a push that is in the log already is not written again and takes no other document down with it', async () => {
    const repeated = await bench().written(1)
    const others = await Promise.all([bench().created(), bench().created(), bench().created()])
    const again = {
      ...(repeated.rows[0] as NewRow),
      check: nextCheck(repeated.head.check, (repeated.rows[0] as NewRow).update),
    }
    const [outcome, ...rest] = await Promise.all([
      bench().log.append(repeated.id, repeated.head, [again]),
      ...others.map(({ id, head }) => bench().log.append(id, head, [new Typist().row(head.check)])),
    ])
    expect(outcome).toEqual({ status: 'overtaken', head: repeated.head, missed: [] })
    expect(rest.map(({ status }) => status)).toEqual(['appended', 'appended', 'appended'])
    expect(headOf(await bench().opened(repeated.id))).toEqual(repeated.head)
  })

  test('[LOG-11] all rows of an append are written or none', async () => {
    const { id, head, rows, typist } = await bench().written(2)
    const fresh = typist.row(head.check)
    const repeat = { ...(rows[0] as NewRow), check: nextCheck(fresh.check, (rows[0] as NewRow).update) }
    expect(await bench().log.append(id, head, [fresh, repeat])).toMatchObject({ status: 'overtaken' })
    expect(seqs((await bench().opened(id)).tail)).toEqual([1, 2])
    expect((await bench().log.findPush(id, fresh))?.seq).toBeUndefined()
  })

  test('[LOG-12] a push is found by its user, replica and id, with the hash of its bytes; the last id of a replica is known', async () => {
    const { id, rows, typist } = await bench().written(3)
    const second = rows[1] as NewRow
    expect(await bench().log.findPush(id, second)).toEqual({ seq: 2, pushHash: second.pushHash })
    expect(await bench().log.findPush(id, { ...second, userId: BOB })).toBeUndefined()
    expect(await bench().log.findPush(id, { ...second, pushId: 9 })).toBeUndefined()
    expect(await bench().log.lastPushId(id, ANN, typist.replicaId)).toBe(3)
    expect(await bench().log.lastPushId(id, BOB, typist.replicaId)).toBe(0)
  })

  test('[LOG-24] the rows of an edit in parts say which part they are, and its push is found by the last of them', async () => {
    const { id, head } = await bench().created()
    const typist = new Typist(ANN)
    const rows = typist.rows(head.check, 4).map((row, index) => ({
      ...row,
      ...(index < 3 && { pushId: 1, pushHash: 'hash-of-them-all', part: { part: index + 1, of: 3 } }),
    }))
    expect(await bench().log.append(id, head, rows)).toMatchObject({ status: 'appended' })
    const { tail } = await bench().opened(id)
    expect(tail.map(({ part }) => part)).toEqual([
      { part: 1, of: 3 },
      { part: 2, of: 3 },
      { part: 3, of: 3 },
      undefined,
    ])
    expect(await bench().log.findPush(id, rows[0] as NewRow)).toEqual({ seq: 3, pushHash: 'hash-of-them-all' })
    const again = await bench().log.append(id, after(head, rows), [{ ...(rows[1] as NewRow), newClients: [] }])
    expect(again).toMatchObject({ status: 'overtaken' })
  })

  test('[LOG-13] a Yjs client id belongs to the user who brought it first', async () => {
    const { id, head, typist } = await bench().written(1)
    const bob = new Typist(BOB)
    const rows = [bob.row(head.check)]
    const stolen = { ...(rows[0] as NewRow), newClients: [bob.doc.clientID, typist.doc.clientID, 4_294_967_295] }
    await bench().log.append(id, head, [stolen])
    expect((await bench().opened(id)).owners).toEqual(
      new Map([
        [typist.doc.clientID, ANN],
        [bob.doc.clientID, BOB],
        [4_294_967_295, BOB],
      ]),
    )
  })

  test('[LOG-14] a newer schema version is raised together with the rows, and never lowered', async () => {
    const { id, head } = await bench().created({ schemaVersion: 3 })
    const typist = new Typist()
    const [first, second] = typist.rows(head.check, 2) as [NewRow, NewRow]
    await bench().log.append(id, { ...head, schemaVersion: 5 }, [first])
    expect((await bench().opened(id)).schemaVersion).toBe(5)
    await bench().log.append(id, { ...after(head, [first]), schemaVersion: 2 }, [second])
    expect((await bench().opened(id)).schemaVersion).toBe(5)
  })
}
