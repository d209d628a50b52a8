import type { CutRow, RepairResult } from '@tandem/store'
import { UserId } from '@tandem/sync'

/** What an administrator is told of a repair, line by line: where the document ends now, and every row that it lost. Nothing of its content. */
export function repairWords(documentId: string, result: RepairResult): readonly string[] {
  const { outcome, throughSeq } = result
  const until = result.at > 0 ? `, written ${timeWords(result.at)}` : ''
  switch (outcome) {
    case 'whole':
      return [`Document ${documentId} is not damaged. Nothing was done.`]
    case 'released':
      return [
        `Document ${documentId} is whole again through row ${throughSeq}${until}. It can be written again as it was; nothing was cut.`,
      ]
    case 'remade':
      return [
        `A snapshot of document ${documentId} was damaged, and was made again from the rows through ${throughSeq}. Nothing was cut.`,
      ]
    case 'cut': {
      const { cutCount, cutRows, epoch } = result
      const kept = `Document ${documentId} goes on from row ${throughSeq}${until}, under a new epoch.`
      if (cutCount === 0) return [kept, 'Every row was kept.']
      const unlisted = cutCount - cutRows.length
      return [
        kept,
        `Cut: ${cutCount === 1 ? 'one row' : `${cutCount} rows`} after it. They stay in the table log_row, under epoch ${epoch}:`,
        ...cutRows.map(rowWords),
        ...(unlisted > 0 ? [`  … and ${unlisted} more, or missing`] : []),
        'Who has them in an open page is offered them as a copy.',
      ]
    }
    default:
      return outcome satisfies never
  }
}

/** What is damaged may say anything: neither a date that is none nor control characters for a terminal may come of it. */
function rowWords({ seq, at, userId, bytes, intact }: CutRow): string {
  const user = UserId.safeParse(userId).success ? userId : 'unreadable'
  return `  row ${seq}, ${timeWords(at)}, user ${user}, ${bytes} bytes: ${intact ? 'as it was written' : 'damaged'}`
}

const LAST_DATE_MS = 8.64e15

function timeWords(at: number): string {
  return Math.abs(at) <= LAST_DATE_MS ? new Date(at).toISOString() : 'unreadable time'
}
