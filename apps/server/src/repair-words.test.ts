import { Epoch } from '@tandem/sync'
import { expect, test } from 'vitest'
import { repairWords } from './repair-words.ts'

const at = Date.UTC(2026, 10, 22, 12)

test('a repair says where the document ends now, and each row that it lost', () => {
  const epoch = Epoch.parse('epoch-number-1')
  const row = { at, userId: 'user-ann-1', bytes: 20 }
  const cutRows = [
    { ...row, seq: 4, intact: false },
    { ...row, seq: 5, intact: true },
  ]
  expect(repairWords('document-1', { outcome: 'cut', throughSeq: 3, at, epoch, cutCount: 9, cutRows })).toEqual([
    'Document document-1 goes on from row 3, written 2026-11-22T12:00:00.000Z, under a new epoch.',
    'Cut: 9 rows after it. They stay in the table log_row, under epoch epoch-number-1:',
    '  row 4, 2026-11-22T12:00:00.000Z, user user-ann-1, 20 bytes: damaged',
    '  row 5, 2026-11-22T12:00:00.000Z, user user-ann-1, 20 bytes: as it was written',
    '  … and 7 more, or missing',
    'Who has them in an open page is offered them as a copy.',
  ])
})

test('what a damaged row says of itself is not believed', () => {
  const cutRows = [{ seq: 1, at: 2 ** 62, userId: '\u001b[2J', bytes: 1, intact: false }]
  const cut = {
    outcome: 'cut',
    throughSeq: 0,
    at: 0,
    epoch: Epoch.parse('epoch-number-1'),
    cutCount: 1,
    cutRows,
  } as const
  expect(repairWords('document-1', cut)).toContain('  row 1, unreadable time, user unreadable, 1 bytes: damaged')
})

test('what needed no cut is said so', () => {
  const kept = { throughSeq: 3, at }
  const said = (['whole', 'released', 'remade'] as const).map((outcome) =>
    repairWords('d', { ...kept, outcome }).join(),
  )
  expect(said).toEqual([
    expect.stringContaining('Nothing was done'),
    expect.stringContaining('whole again through row 3'),
    expect.stringContaining('made again from the rows through 3'),
  ])
})
