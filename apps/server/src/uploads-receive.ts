import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { UploadError } from './uploads-error.ts'

/** As many of the first bytes as say what a file is. */
const HEAD_BYTES = 8 * 1024
/** Whoever sends less than this in so long has gone, or only wants the place. */
const LEAST_BYTES = 16 * 1024
const LEAST_BYTES_MS = 20_000

export interface Received {
  readonly bytes: number
  /** SHA-256, hex. */
  readonly hash: string
  readonly head: Uint8Array
}

/**
 * Writes a stream into a new file, piece by piece, and resolves when it is on disk. Whatever goes wrong (it is too large,
 * breaks off, or stands still; the disk is full), the file is gone when this rejects. Throws UploadError, or the disk's error.
 */
export async function receive(source: Readable, path: string, limitBytes: number): Promise<Received> {
  // Nobody reads it yet, and what it fails with meanwhile must not end the process. The loop below hears of it.
  source.on('error', () => undefined)
  const hash = createHash('sha256')
  const head: Buffer[] = []
  let bytes = 0
  let headBytes = 0
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of atAPace(source)) {
      bytes += chunk.byteLength
      if (bytes > limitBytes) throw tooLarge(limitBytes)
      hash.update(chunk)
      if (headBytes < HEAD_BYTES) {
        head.push(chunk.subarray(0, HEAD_BYTES - headBytes))
        headBytes += chunk.byteLength
      }
      await file.writeFile(chunk) // at the file's position, all of it
    }
    await file.sync()
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
  await file.close()
  return { bytes, hash: hash.digest('hex'), head: Buffer.concat(head) }
}

export function tooLarge(limitBytes: number): UploadError {
  return new UploadError(
    'too-large',
    `The file is larger than ${inMegabytes(limitBytes)}, the limit of this server (UPLOAD_BYTES). Nothing was kept.`,
  )
}

export function inMegabytes(bytes: number): string {
  return `${Number((bytes / (1024 * 1024)).toFixed(1))} MB`
}

/** The stream's pieces; it is destroyed when it is slower than LEAST_BYTES in LEAST_BYTES_MS. */
async function* atAPace(source: Readable): AsyncGenerator<Buffer> {
  const late = new UploadError('too-slow', 'It came too slowly. Nothing was kept; try again with a better connection.')
  let bytes = 0
  const timer = setInterval(() => {
    if (bytes < LEAST_BYTES) source.destroy(late)
    bytes = 0
  }, LEAST_BYTES_MS)
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength
      yield chunk
    }
  } catch (error) {
    if (error instanceof UploadError) throw error
    throw new UploadError('broken-off', 'The upload broke off. Nothing was kept; send it again.', { cause: error })
  } finally {
    clearInterval(timer)
  }
}
