import { SyncError } from '@tandem/sync'

/** Every way an upload can be refused beyond what SyncError says, with the HTTP status that carries it. */
const UPLOAD_ERRORS = {
  /** There is none, or it is not for this person: the answer is the same to the byte. */
  'unknown-upload': 404,
  'too-large': 413,
  /** The person, or the document, has as much as one may have. */
  'quota-reached': 413,
  'bad-picture': 422,
  'too-slow': 408,
  'broken-off': 400,
  /** The disk or bucket that keeps uploads is full. Nothing was kept. */
  'storage-full': 507,
  'storage-unavailable': 503,
} as const

export type UploadErrorCode = keyof typeof UPLOAD_ERRORS

/** The message names the limit and the way out, and is shown to people as it is. */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  readonly code: UploadErrorCode

  constructor(code: UploadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  get status(): number {
    return UPLOAD_ERRORS[this.code]
  }

  /** In the shape of every other error over HTTP, with the code in `data.upload`. */
  get body(): object {
    const { code, message, status } = this
    return { error: { message, data: { httpStatus: status, upload: { code, message } } } }
  }
}

export function unknownUpload(): UploadError {
  return new UploadError('unknown-upload', 'There is nothing here, or it is not for you.')
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const SQLITE_FULL = 13

/** What went wrong while an upload was stored, as what its sender is told. Whatever says that a disk is full becomes 'storage-full'. */
export function asUploadError(error: unknown): UploadError | SyncError {
  if (error instanceof UploadError) return error
  if (isFull(error) || (error instanceof SyncError && isFull(error.cause)))
    return new UploadError(
      'storage-full',
      'The server has no room left for files. Nothing was kept; try again later.',
      {
        cause: error,
      },
    )
  if (error instanceof SyncError) return error
  return new UploadError('storage-unavailable', 'The file could not be stored. Nothing was kept; try again.', {
    cause: error,
  })
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error && typeof error.errcode === 'number') return (error.errcode & 0xff) === SQLITE_FULL
  return 'code' in error && typeof error.code === 'string' && FULL.has(error.code)
}
