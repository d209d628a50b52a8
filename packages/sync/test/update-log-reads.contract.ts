import { expect, test } from 'vitest'
import type { LogRow, NewRow } from '../src/ports.ts'
import { DocumentId, Epoch, type ResumeToken } from '../src/protocol.ts'
import { ANN, BOB, CARL, EVERYTHING, headOf, seqs, textOf, token, Typist, type LogBench } from './log-bench.ts'

/** What a read answers, from a token or from nothing, before and after a compaction. */
export function readingRules(bench: () => LogBench): void {
  test('[LOG-15] reading continues a token of this history with the rows after it', async () => {
    const { id, head, rows } = await bench().written(4)
    const from = token({ ...head, head: 2, check: (rows[1] as NewRow).check })
    const slice = await bench().log.read(id, from, EVERYTHING)
    expect(slice).toMatchObject({ ...head, continues: true })
    expect(slice?.snapshot).toBeUndefined()
    expect(seqs(slice?.rows ?? [])).toEqual([3, 4])
    expect(await bench().log.read(id, token(head), EVERYTHING)).toEqual({ ...head, continues: true, rows: [] })
  })

  test('[LOG-16] a token of another epoch, with another check or beyond the head is answered from nothing', async () => {
    const { id, head, rows } = await bench().written(3)
    const strangers: ResumeToken[] = [
      { ...token(head), epoch: Epoch.parse('another-epoch') },
      { ...token(head), check: 'feedfacefeedface' },
      { ...token(head), seq: 2, check: 'feedfacefeedface' },
      { ...token(head), seq: 0, check: 'feedfacefeedface' },
      { ...token(head), seq: 4 },
    ]
    for (const from of [undefined, ...strangers]) {
      const slice = await bench().log.read(id, from, EVERYTHING)
      expect(slice?.continues).toBe(false)
      expect(seqs(slice?.rows ?? [])).toEqual([1, 2, 3])
    }
    expect(rows).toHaveLength(3)
  })

  test('[LOG-17] a slice holds about maxBytes of whole rows, at least one, and the next one goes on after it', async () => {
    const { id, head, rows } = await bench().written(6, 'x'.repeat(300))
    const size = (rows[1] as NewRow).update.byteLength
    const read: LogRow[] = []
    let from: ResumeToken | undefined
    let slices = 0
    while (read.length < head.head) {
      const slice = await bench().log.read(id, from, slices === 0 ? 1 : 2 * size + 1)
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
    const { id, head, typist } = await bench().written(4)
    await bench().fixture.compact(id, 0)
    const more = typist.rows(head.check, 2)
    await bench().log.append(id, head, more)
    const log = await bench().opened(id)
    expect(log).toMatchObject({ snapshotSeq: 4, head: 6 })
    expect(log.snapshotBytes).toBeGreaterThan(0)
    // Four words typed one after the other are one struct.
    expect(log.snapshotStructs).toBe(1)
    expect(log.snapshotVector).toEqual(new Map([[typist.doc.clientID, 4 * 'word '.length]]))
    expect(seqs(log.tail)).toEqual([5, 6])
  })

  test('[LOG-19] from nothing, a compacted document is its snapshot and the rows after it', async () => {
    const { id, head, typist } = await bench().written(4)
    await bench().fixture.compact(id, 2)
    await bench().log.append(id, head, typist.rows(head.check, 2))
    const slice = await bench().log.read(id, undefined, EVERYTHING)
    expect(slice).toMatchObject({ continues: false, snapshot: { throughSeq: 4, check: head.check } })
    expect(seqs(slice?.rows ?? [])).toEqual([5, 6])
    expect(textOf([slice?.snapshot?.bytes as Uint8Array, ...(slice?.rows ?? []).map(({ update }) => update)])).toBe(
      'word '.repeat(6),
    )
    expect(Object.getPrototypeOf(slice?.snapshot?.bytes)).toBe(Uint8Array.prototype)
  })

  test('[LOG-20] a token whose rows are kept goes on with rows; one whose rows are not kept continues with the snapshot', async () => {
    const { id, head, rows } = await bench().written(5)
    await bench().fixture.compact(id, 3)
    const at = (seq: number): ResumeToken => ({ epoch: head.epoch, seq, check: (rows[seq - 1] as NewRow).check })
    const kept = await bench().log.read(id, at(4), EVERYTHING)
    expect(kept?.snapshot).toBeUndefined()
    expect(seqs(kept?.rows ?? [])).toEqual([5])
    const old = await bench().log.read(id, at(1), EVERYTHING)
    expect(old).toMatchObject({ continues: true, snapshot: { throughSeq: 5 }, rows: [] })
    const whole = await bench().log.read(id, at(5), EVERYTHING)
    expect(whole).toMatchObject({ continues: true, rows: [] })
    const stranger = await bench().log.read(id, { ...at(4), check: 'feedfacefeedface' }, EVERYTHING)
    expect(stranger).toMatchObject({ continues: false, snapshot: { throughSeq: 5 } })
  })

  test('[LOG-21] heads answers for the documents that there are, in one go', async () => {
    const [one, two, gone] = [await bench().written(1), await bench().written(2), await bench().written(1)]
    await bench().fixture.deleteDocument(gone.id)
    expect(await bench().log.heads([one.id, two.id, gone.id, DocumentId.parse('no-such-document')])).toEqual(
      new Map([
        [one.id, one.head],
        [two.id, two.head],
      ]),
    )
    expect(await bench().log.heads([])).toEqual(new Map())
  })

  test('[LOG-22] a read shows an append whole or not at all, and whole once it was acked', async () => {
    const { id, head } = await bench().created()
    const other = await bench().fixture.another()
    const rows = new Typist().rows(head.check, 50)
    const append = { acked: false }
    const acked = bench()
      .log.append(id, head, rows)
      .finally(() => (append.acked = true))
    const seen: number[] = []
    while (!append.acked) {
      seen.push((await other.open(id))?.tail.length ?? -1)
      // A read may take no turn of the event loop at all; the disk's answer needs one.
      await new Promise((resolve) => setImmediate(resolve))
    }
    await acked
    seen.push((await other.open(id))?.tail.length ?? -1)
    expect(seen.at(-1)).toBe(50)
    expect(seen.every((length) => length === 0 || length === 50)).toBe(true)
  })

  test("[LOG-23] a role is the greater of one's own and the link's; the owner is the owner; nobody else is named", async () => {
    const id = await bench().fixture.createDocument({ owner: ANN, linkRole: undefined, schemaVersion: 1 })
    const { accessVersion } = headOf(await bench().opened(id))
    expect(await bench().fixture.access.rolesOf(id, [ANN, BOB])).toEqual({
      accessVersion,
      roles: new Map([[ANN, 'owner']]),
    })
    await bench().fixture.setRole(id, BOB, 'commenter')
    const changed = await bench().fixture.access.rolesOf(id, [BOB])
    expect(changed?.roles).toEqual(new Map([[BOB, 'commenter']]))
    expect(changed?.accessVersion).toBe((await bench().opened(id)).accessVersion)
    await bench().fixture.setRole(id, BOB, undefined)
    expect((await bench().fixture.access.rolesOf(id, [BOB]))?.roles).toEqual(new Map())
    expect((await bench().fixture.access.rolesOf(id, []))?.roles).toEqual(new Map())
    const linked = await bench().fixture.createDocument({ owner: ANN, linkRole: 'commenter', schemaVersion: 1 })
    await bench().fixture.setRole(linked, BOB, 'viewer')
    expect((await bench().fixture.access.rolesOf(linked, [BOB]))?.roles).toEqual(new Map([[BOB, 'commenter']]))
  })

  test('[LOG-29] who was shut out has no role, whatever the link gives; the others have theirs', async () => {
    const id = await bench().fixture.createDocument({ owner: ANN, linkRole: 'editor', schemaVersion: 1 })
    const before = (await bench().opened(id)).accessVersion
    await bench().fixture.setRole(id, BOB, null)
    const shut = await bench().fixture.access.rolesOf(id, [ANN, BOB, CARL])
    expect(shut?.roles).toEqual(
      new Map([
        [ANN, 'owner'],
        [CARL, 'editor'],
      ]),
    )
    expect(shut?.accessVersion).toBeGreaterThan(before)
    await bench().fixture.setRole(id, BOB, undefined)
    expect((await bench().fixture.access.rolesOf(id, [BOB]))?.roles).toEqual(new Map([[BOB, 'editor']]))
    await bench().fixture.setRole(id, ANN, null)
    expect((await bench().fixture.access.rolesOf(id, [ANN]))?.roles).toEqual(new Map([[ANN, 'owner']]))
  })
}
