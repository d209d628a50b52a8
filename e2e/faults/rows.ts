import type { Row } from './row.ts'
import { F1, F3, F32, F4 } from './rows/node-rows.ts'
import { F16, F17, F19, F20 } from './rows/postgres-rows.ts'
import { F10, F11, F15, F22, F9 } from './rows/redis-rows.ts'

/** Every row that is built, in the order of the reliability bar. */
export const ROWS: readonly Row[] = [F1, F3, F4, F9, F10, F11, F15, F16, F17, F19, F20, F22, F32]
