import { expect, test } from 'vitest'
import type { Head, LogRow, NewRow, OpenedLog } from '../src/ports.ts'
import { Epoch } from '../src/protocol.ts'
import { ANN, DAMAGED_PARTS, EVERYTHING, headOf, seqs, token, Typist, type LogBench } from './log-bench.ts'

/** What is left of a log of which a row is not what was written. */
export function damageRules(bench: () => LogBench): void {
  /** Where a log of these rows ends when row 4 is damaged. */
  const readable = (head: Head, rows: readonly NewRow[], opened: OpenedLog): Head => ({
    ...head,
    head: 3,
    check: (rows[2] as NewRow).check,
    damagedAfterMs: (opened.tail[2] as LogRow).at,
  })

  test('[LOG-25] a damaged row: the log opens and is read up to it, says so, and no other log notices', async () => {
    const { id, head, rows } = await bench().written(5)
    const other = await bench().written(5)
    const before = await bench().opened(id)
    await bench().fixture.damage(id, 4, 'update')
    const expected = readable(head, rows, before)
    const log = await bench().opened(id)
    expect(pickHead(log)).toEqual(expected)
    expect(seqs(log.tail)).toEqual([1, 2, 3])
    for (const from of [undefined, token({ ...head, head: 1, check: (rows[0] as NewRow).check })]) {
      const slice = await bench().log.read(id, from, EVERYTHING)
      expect(slice).toMatchObject({ ...expected, continues: from !== undefined })
      expect(seqs(slice?.rows ?? [])).toEqual(from === undefined ? [1, 2, 3] : [2, 3])
    }
    const again = await (await bench().fixture.another()).heads([id, other.id])
    expect(again.get(id)).toEqual(expected)
    expect(again.get(other.id)).toEqual(other.head)
    expect(pickHead(await bench().opened(other.id))).toEqual(other.head)
    expect(await bench().log.append(other.id, other.head, [other.typist.row(other.head.check)])).toMatchObject({
      status: 'appended',
    })
  })

  test('[LOG-25] the log ends before an edit of which a part is damaged', async () => {
    const { id, head } = await bench().created()
    const typist = new Typist(ANN)
    const rows = typist.rows(head.check, 5).map((row, index) => ({
      ...row,
      ...(index > 1 && { pushId: 3, pushHash: 'hash-of-them-all', part: { part: index - 1, of: 3 } }),
    }))
    await bench().log.append(id, head, rows)
    await bench().fixture.damage(id, 4, 'update')
    const log = await bench().opened(id)
    expect(seqs(log.tail)).toEqual([1, 2])
    expect(log).toMatchObject({ head: 2, check: (rows[1] as NewRow).check })
  })

  test('[LOG-25] of a log whose first row is damaged nothing is read, and it says so', async () => {
    const { id, head } = await bench().written(2)
    await bench().fixture.damage(id, 1, 'update')
    expect(await bench().opened(id)).toMatchObject({ head: 0, damagedAfterMs: 0, tail: [] })
    expect(await bench().log.read(id, token(head), EVERYTHING)).toMatchObject({ continues: true, rows: [], head: 0 })
  })

  test('[LOG-25] a damaged row that a snapshot covers harms nobody', async () => {
    const { id, head, rows, typist } = await bench().written(5)
    await bench().fixture.compact(id, 0)
    await bench().fixture.damage(id, 4, 'update')
    expect(pickHead(await bench().opened(id))).toEqual(head)
    const from = token({ ...head, head: 5, check: (rows[4] as NewRow).check })
    expect(await bench().log.read(id, from, EVERYTHING)).toMatchObject({ continues: true, rows: [] })
    expect(await bench().log.append(id, head, [typist.row(head.check)])).toMatchObject({ status: 'appended' })
  })

  test('[LOG-26] nothing is appended to a damaged log, whatever the caller expects of it', async () => {
    const { id, head, rows, typist } = await bench().written(5)
    const before = await bench().opened(id)
    await bench().fixture.damage(id, 4, 'update')
    const expected = readable(head, rows, before)
    expect(pickHead(await bench().opened(id))).toEqual(expected)
    for (const known of [head, expected, { ...headOf(expected), head: 5, check: head.check }, headOf(expected)]) {
      const outcome = await bench().log.append(id, known, [typist.row(known.check)])
      expect(outcome).toEqual({ status: 'overtaken', head: expected, missed: [] })
    }
    expect(seqs((await bench().opened(id)).tail)).toEqual([1, 2, 3])
  })

  test('[LOG-27] a token beyond the damage continues with nothing, one before it with the rows up to it', async () => {
    const { id, head, rows } = await bench().written(5)
    await bench().fixture.damage(id, 4, 'update')
    await bench().opened(id)
    const at = (seq: number) => token({ ...head, head: seq, check: (rows[seq - 1] as NewRow).check })
    for (const beyond of [at(5), at(4), { ...at(5), seq: 6 }]) {
      expect(await bench().log.read(id, beyond, EVERYTHING)).toMatchObject({ continues: true, rows: [], head: 3 })
    }
    expect(seqs((await bench().log.read(id, at(1), EVERYTHING))?.rows ?? [])).toEqual([2, 3])
    expect(await bench().log.read(id, at(3), EVERYTHING)).toMatchObject({ continues: true, rows: [], head: 3 })
    const elsewhere = { ...at(5), epoch: Epoch.parse('another-epoch') }
    expect(await bench().log.read(id, elsewhere, EVERYTHING)).toMatchObject({ continues: false, head: 3 })
  })

  test('[LOG-28] a row is damaged when anything of it is not what was written', async () => {
    for (const what of DAMAGED_PARTS) {
      const { id } = await bench().written(5)
      await bench().fixture.damage(id, 4, what)
      const log = await bench().opened(id)
      expect({ what, tail: seqs(log.tail), isDamaged: log.damagedAfterMs !== undefined }).toEqual({
        what,
        tail: [1, 2, 3],
        isDamaged: true,
      })
    }
  })
}

function pickHead({ damagedAfterMs, ...log }: Head): Head {
  return { ...headOf(log), ...(damagedAfterMs !== undefined && { damagedAfterMs }) }
}
