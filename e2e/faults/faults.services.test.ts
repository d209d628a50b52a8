import { expect, test } from 'vitest'
import { SHORT_PART_MS, perform } from './perform.ts'
import { ROWS } from './rows.ts'

// Some seconds of each, judged by C1 to C6 and never by a duration. `pnpm faults --all` does all of them in full.
const CHOSEN = ['F1', 'F13', 'F16', 'F20', 'F37']
const TIMEOUT_MS = 180_000

test.each(ROWS.filter(({ id }) => CHOSEN.includes(id)))(
  '$id: $injection',
  async (row) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const { wrong } = await perform(row, seed, SHORT_PART_MS)
    expect(wrong, `seed ${seed}`).toEqual([])
  },
  TIMEOUT_MS,
)
