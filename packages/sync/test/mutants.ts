import type { Mutant } from './mutant.ts'
import { NODE_MUTANTS } from './node-mutants.ts'
import { PRESENCE_MUTANTS } from './presence-mutants.ts'
import { REPLICA_MUTANTS } from './replica-mutants.ts'

export const MUTANTS: readonly Mutant[] = [...NODE_MUTANTS, ...PRESENCE_MUTANTS, ...REPLICA_MUTANTS]
