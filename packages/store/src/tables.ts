import type { DocumentId, Epoch, ReplicaId, Role, UserId } from '@tandem/sync'

/** What can be given: the owner is the one who has the document, and hands it on. */
export type GivenRole = Exclude<Role, 'owner'>

/** What can be asked for. */
export type AskedRole = Extract<GivenRole, 'viewer' | 'editor'>

/** Every table, the same on SQLite and PostgreSQL. Times are ms since 1970; bytes are raw. `migrations.ts` creates them. */
export interface Tables {
  readonly document: DocumentTable
  readonly log_row: LogRowTable
  readonly snapshot: SnapshotTable
  readonly client_id: ClientIdTable
  readonly document_access: DocumentAccessTable
  readonly access_request: AccessRequestTable
  readonly document_visit: DocumentVisitTable
  readonly document_star: DocumentStarTable
  readonly document_unlisted: DocumentUnlistedTable
  readonly invite_link: InviteLinkTable
  readonly upload: UploadTable
  readonly probe: ProbeTable
  /** Created by better-auth; read here for names, whether they are guests, and whether they were suspended. */
  readonly user: UserTable
}

/** One row is one document: what it is called, who may open it, and where its log stands. */
export interface DocumentTable {
  id: DocumentId
  title: string
  owner_id: UserId
  epoch: Epoch
  head: number
  head_check: string
  access_version: number
  schema_version: number
  /** What anybody who has the link may do; null: nothing. */
  link_role: GivenRole | null
  /** Stored bytes: the newest snapshot and the updates after it. */
  bytes: number
  created_at: number
  /** The last edit or rename: the order of a list. */
  updated_at: number
  edited_at: number | null
  edited_by: UserId | null
  deleted_at: number | null
  /** When its import began; null: it is whole. Until then it is shown to nobody. */
  importing_since: number | null
  /** The last seq that is readable together with everything before it, its check, and when it was written; null: all of it is. */
  damaged_after: number | null
  damaged_check: string | null
  damaged_at: number | null
}

export interface LogRowTable {
  document_id: DocumentId
  epoch: Epoch
  seq: number
  check: string
  update: Uint8Array
  user_id: UserId
  replica_id: ReplicaId
  push_id: number
  /** Which of the rows that are one edit this is; 1 of 1: the whole. */
  part: number
  parts: number
  push_hash: string
  at: number
  /** `rowSeal`; null in rows of before migration 0002. */
  seal: string | null
}

export interface SnapshotTable {
  document_id: DocumentId
  epoch: Epoch
  through_seq: number
  /** Check of the row at `through_seq`. */
  check: string
  bytes: Uint8Array
  /** Yjs state vector of `bytes`, encoded. */
  vector: Uint8Array
  /** SHA-256 of `bytes`, hex. */
  checksum: string
  made_at: number
  /** `snapshotSeal`; null in snapshots of before migration 0002. */
  seal: string | null
  /** Of a document rebuilt from `bytes`; 0 in snapshots of before migration 0003, until the next one. */
  structs: number
}

/** Who owns a Yjs client id in a document: the user whose update brought it first. */
export interface ClientIdTable {
  document_id: DocumentId
  client_id: number
  user_id: UserId
}

export interface DocumentAccessTable {
  document_id: DocumentId
  user_id: UserId
  /** Null: shut out, whatever the document's link gives to anybody. */
  role: GivenRole | null
}

/** Somebody asks the owner for a role; gone when the owner has answered. */
export interface AccessRequestTable {
  document_id: DocumentId
  user_id: UserId
  role: AskedRole
  at: number
}

/** A secret link that gives a role to whoever is signed in and opens it. */
export interface InviteLinkTable {
  /** The part of the link that finds it; the other part is a secret, and only its hash is here. */
  id: string
  document_id: DocumentId
  /** SHA-256, hex. */
  secret_hash: string
  role: GivenRole
  created_at: number
  /** Null: it lasts until it is revoked. */
  expires_at: number | null
  /** How many people it has given a role. */
  uses: number
  used_at: number | null
}

export interface DocumentVisitTable {
  document_id: DocumentId
  user_id: UserId
  at: number
}

/** A person's own mark on a document, of nobody's concern but theirs. Gone with the document, and with their access to it. */
export interface DocumentStarTable {
  document_id: DocumentId
  user_id: UserId
  at: number
}

/** Taken off a person's list by themselves, whatever their role in it. Gone with the document, and once it comes to them anew. */
export interface DocumentUnlistedTable {
  document_id: DocumentId
  user_id: UserId
  at: number
}

/** One row is one uploaded picture or file. Its bytes lie elsewhere, under its id. */
export interface UploadTable {
  /** 128 random bits, hex. */
  id: string
  document_id: DocumentId
  user_id: UserId
  /** For people to read; nothing is ever looked up by it. */
  name: string
  /** Its media type, as its bytes say. */
  type: string
  bytes: number
  /** Of a picture that was written anew by us, in px; null: a file, which is never shown in a page. */
  width: number | null
  height: number | null
  /** SHA-256 of its bytes, hex. */
  hash: string
  created_at: number
  /** Null: its bytes are on their way. */
  stored_at: number | null
  /** When it was first found that its document does not show it (any more); null: it does, or nobody has looked. */
  unused_since: number | null
}

/** One row that `ready` writes, to know that writing works. */
export interface ProbeTable {
  id: number
  at: number
}

export interface UserTable {
  id: UserId
  name: string
  /** True of a guest: SQLite says it as 1. */
  isAnonymous: boolean | number | null
  /** Null: may use this server. */
  suspendedAt: Date | string | null
}
