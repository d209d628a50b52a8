import type { Attack } from './attack.ts'
import { A1, A10, A11, A2, A3, A4, A5, A7, A8, A9 } from './connection-attacks.ts'

/** Every attack that is built, in the order of the reliability bar. */
export const ATTACKS: readonly Attack[] = [A1, A2, A3, A4, A5, A7, A8, A9, A10, A11]
