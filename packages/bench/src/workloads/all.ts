import { w1 } from './w1.ts'
import { w1b } from './w1b.ts'
import { w2 } from './w2.ts'
import { w2b } from './w2b.ts'
import { w3 } from './w3.ts'
import { w4 } from './w4.ts'
import { w5 } from './w5.ts'
import { w6 } from './w6.ts'
import { w7 } from './w7.ts'
import { w8 } from './w8.ts'
import { w9 } from './w9.ts'
import type { Workload } from './workload.ts'

export const WORKLOADS: readonly Workload[] = [w1, w1b, w2, w2b, w3, w4, w5, w6, w7, w8, w9]
