/** Where a node of ours gives an upload out. */
const UPLOAD = /^\/api\/uploads\/([0-9a-f]{32})$/
const LONGEST_NAME = 200

/** The id of the upload at this address; undefined when it is none of ours. Never throws. */
export function uploadIdOf(src: unknown): string | undefined {
  return typeof src === 'string' ? UPLOAD.exec(src)?.[1] : undefined
}

export function uploadAddress(id: string): string {
  return `/api/uploads/${id}`
}

/** An attached file, as a document names it. */
export interface FileAttributes {
  /** `/api/uploads/…`, always. */
  readonly src: string
  readonly name: string
  /** In bytes; undefined: nobody knows. */
  readonly size: number | undefined
  /** Its media type, for the choice of a sign only. */
  readonly type: string
}

/** What an update brought as a file, as far as it is to be believed; undefined when there is nothing of ours to open. */
export function fileOf({ src, name, size, type }: Readonly<Record<string, unknown>>): FileAttributes | undefined {
  if (uploadIdOf(src) === undefined) return undefined
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
  const isType = typeof type === 'string' && /^[\w.+-]{1,60}\/[\w.+-]{1,100}$/.test(type)
  return {
    src: src as string,
    name: fileName(name),
    size: isSize ? size : undefined,
    type: isType ? type : 'application/octet-stream',
  }
}

/** A file's name as it is shown; never empty. */
export function fileName(name: unknown): string {
  return (typeof name === 'string' ? name.slice(0, LONGEST_NAME).trim() : '') || 'file'
}

/** `12 KB`, as people read sizes. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'] as const
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)))
  const amount = bytes / 1024 ** power
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`
}
