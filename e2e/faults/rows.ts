import type { Row, SqliteRow } from './row.ts'
import { F21, F5, F8 } from './rows/disk-rows.ts'
import { F39, F40, F41 } from './rows/log-rows.ts'
import { F1, F3, F32, F4 } from './rows/node-rows.ts'
import { F52 } from './rows/order-rows.ts'
import { F16, F17, F19, F20 } from './rows/postgres-rows.ts'
import { F10, F11, F15, F22, F9 } from './rows/redis-rows.ts'
import { F6, F7 } from './rows/start-rows.ts'

/** Every row that is built, in the order of the reliability bar. */
export const ROWS: readonly (Row | SqliteRow)[] = [
  F1,
  F3,
  F4,
  F5,
  F6,
  F7,
  F8,
  F9,
  F10,
  F11,
  F15,
  F16,
  F17,
  F19,
  F20,
  F21,
  F22,
  F32,
  F39,
  F40,
  F41,
  F52,
]
