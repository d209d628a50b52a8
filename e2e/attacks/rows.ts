import type { Attack } from './attack.ts'
import { A10 } from './cap-attacks.ts'
import { A1, A11, A2, A3, A7, A8, A9 } from './connection-attacks.ts'
import { A39, A40, A41 } from './content-attacks.ts'
import { A42, A44, A48 } from './file-attacks.ts'
import { A65 } from './name-attacks.ts'
import { A36, A37 } from './flood-attacks.ts'
import { A12, A13, A14, A16, A17, A18, A19 } from './frame-attacks.ts'
import { A15, A20 } from './fuzz-attacks.ts'
import { A38 } from './load-attacks.ts'
import { A32, A33, A34, A35 } from './presence-attacks.ts'
import { A4, A5 } from './token-attacks.ts'
import { A45, A46 } from './upload-attacks.ts'
import { A47, A49 } from './upload-limit-attacks.ts'
import { A52, A54, A59, A61 } from './web-attacks.ts'
import { A26, A27 } from './growth-attacks.ts'
import { A29 } from './quota-attack.ts'
import { A30 } from './role-attacks.ts'
import { A53 } from './share-attacks.ts'
import { A21, A22, A23, A24, A25 } from './update-attacks.ts'

/** Every attack that is built, in the order of the reliability bar. */
export const ATTACKS: readonly Attack[] = [
  [A1, A2, A3, A4, A5, A7, A8, A9, A10, A11],
  [A12, A13, A14, A15, A16, A17, A18, A19, A20],
  [A21, A22, A23, A24, A25, A26, A27, A29, A30],
  [A32, A33, A34, A35],
  [A38],
  [A36, A37],
  [A39, A40, A41, A42, A44, A48],
  [A45, A46, A47, A49],
  [A52, A53, A54, A59, A61, A65],
].flat()
