import { hash } from 'node:crypto'
import type { NewRow } from '@tandem/sync'

/** 64 bits, against accidents like the check that is sealed in. */
export const SEAL_DIGITS = 16

/** What a row's seal is made of but for when it was written: `postgres-append.ts` adds that in SQL, where the time is taken. */
export type Sealed = Pick<NewRow, 'check' | 'userId' | 'replicaId' | 'pushId' | 'pushHash' | 'part'>

/**
 * The chain of checks names every row's update and nothing else; the room computes it before it knows the time. The
 * seal covers what is beside the update: who wrote it, as which push and part, and when.
 */
export function rowSeal(row: Sealed, at: number): string {
  return sha256(`${sealedText(row)}${at}`).slice(0, SEAL_DIGITS)
}

export function sealedText({ check, userId, replicaId, pushId, pushHash, part }: Sealed): string {
  return `${check}\n${userId}\n${replicaId}\n${pushId}\n${pushHash}\n${part?.part ?? 1}\n${part?.of ?? 1}\n`
}

/** Covers everything of a snapshot: its bytes by their checksum, so that a room can trust the vector without reading them. */
export function snapshotSeal(snapshot: {
  readonly throughSeq: number
  readonly check: string
  readonly checksum: string
  readonly vector: Uint8Array
}): string {
  const { throughSeq, check, checksum, vector } = snapshot
  return sha256(`${throughSeq}\n${check}\n${checksum}\n${sha256(vector)}`)
}

/** Names a snapshot's bytes. */
export function checksumOf(bytes: Uint8Array): string {
  return sha256(bytes)
}

function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}
