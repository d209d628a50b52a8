import type { Readable } from 'node:stream'

/**
 * Where the bytes of uploads lie, by random id and nothing else. What `put` resolved for is durable, whole, and is never
 * changed. All throw the disk's error, or UploadError.
 */
export interface UploadStorage {
  /** Takes the file at `path` in; it may be gone from there afterwards. */
  put(id: string, path: string): Promise<void>
  /** Undefined: there is none (here). */
  open(id: string): Promise<Readable | undefined>
  /** False: there is none to copy. */
  copy(from: string, to: string): Promise<boolean>
  /** May be called for what is not there. */
  remove(id: string): Promise<void>
}

const ID = /^[0-9a-f]{32}$/

/** Whether this can be the id of an upload: then it is a safe name of a file, on every system. */
export function isUploadId(id: string): boolean {
  return ID.test(id)
}
