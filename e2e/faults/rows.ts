import type { Row, SqliteRow } from './row.ts'
import { F37 } from './rows/big-edit-rows.ts'
import { F46 } from './rows/access-rows.ts'
import { F28 } from './rows/clock-rows.ts'
import { F18, F27, F32 } from './rows/crowd-rows.ts'
import { F21, F8 } from './rows/disk-rows.ts'
import { F5 } from './rows/durability-rows.ts'
import { F23, F33 } from './rows/cut-off-rows.ts'
import { F2 } from './rows/failpoint-rows.ts'
import { F12, F13 } from './rows/relay-rows.ts'
import { F49, F50, F51 } from './rows/endurance-rows.ts'
import { F39, F40, F41 } from './rows/log-rows.ts'
import { F31 } from './rows/long-offline-rows.ts'
import { F1, F3, F4 } from './rows/node-rows.ts'
import { F48, F55 } from './rows/opening-rows.ts'
import { F52 } from './rows/order-rows.ts'
import { F16, F17, F19, F20 } from './rows/postgres-rows.ts'
import { F54 } from './rows/property-rows.ts'
import { F10, F11, F15, F22, F9 } from './rows/redis-rows.ts'
import { F47 } from './rows/restore-rows.ts'
import { F45 } from './rows/revocation-rows.ts'
import { F25, F26 } from './rows/silence-rows.ts'
import { F24 } from './rows/stalled-rows.ts'
import { F6, F7 } from './rows/start-rows.ts'
import { F53 } from './rows/undo-rows.ts'
import { F42, F43 } from './rows/version-rows.ts'

/** Every row that is built, in the order of the reliability bar. */
export const ROWS: readonly (Row | SqliteRow)[] = [
  F1,
  F2,
  F3,
  F4,
  F5,
  F6,
  F7,
  F8,
  F9,
  F10,
  F11,
  F12,
  F13,
  F15,
  F16,
  F17,
  F18,
  F19,
  F20,
  F21,
  F22,
  F23,
  F24,
  F25,
  F26,
  F27,
  F28,
  F31,
  F32,
  F33,
  F37,
  F39,
  F40,
  F41,
  F42,
  F43,
  F45,
  F46,
  F47,
  F48,
  F49,
  F50,
  F51,
  F52,
  F53,
  F54,
  F55,
]
