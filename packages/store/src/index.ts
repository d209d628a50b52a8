export {
  openAccounts,
  openStore,
  type AccountsDatabase,
  type Store,
  type StoreLocation,
  type StoreOptions,
} from './open-store.ts'
export { openCompactor, type CompactionResult, type CompactOptions, type Compactor } from './compactor.ts'
export { type Documents, type DocumentPage, type DocumentSummary } from './documents.ts'
export type { CutRow } from './log-reads.ts'
export type { DamageFound } from './quarantine.ts'
export { repairDocument, type RepairResult } from './repair.ts'
