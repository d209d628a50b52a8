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
export { openLogSource, type LogSource, type WholeLog } from './log-source.ts'
export type { CutRow } from './log-reads.ts'
export type { DamageFound } from './quarantine.ts'
export { repairDocument, type RepairResult } from './repair.ts'
export { removeUnusedUploads, type UnusedUploads } from './unused-uploads.ts'
export { type NewUpload, type Upload, type UploadQuota, Uploads } from './uploads.ts'
export type { AccessRequest, AccessRequests } from './access-requests.ts'
export type { InviteLink } from './invite-links.ts'
export { peopleOf, type KnownPerson } from './known-people.ts'
export type { Member, Person, Shared, Sharing } from './sharing.ts'
export { setSuspended } from './suspension.ts'
export type { AskedRole, GivenRole } from './tables.ts'
