import { fileTypeFromBuffer } from 'file-type'

/** Pictures that we read and write anew. Everything else is a file, which no page ever shows. */
const PICTURES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'] as const
export type PictureType = (typeof PICTURES)[number]

export interface Kind {
  /** What the bytes say, whatever the name or the sender says; 'application/octet-stream' when they say nothing. */
  readonly type: string
  readonly picture: PictureType | undefined
}

const UNKNOWN: Kind = { type: 'application/octet-stream', picture: undefined }

/** What a file is, by its first bytes alone. Never throws. */
export async function kindOf(head: Uint8Array): Promise<Kind> {
  // Parsers of foreign bytes give up in many ways; what they cannot read is a file like any other.
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  if (found === undefined) return UNKNOWN
  const type = found.mime === 'image/apng' ? 'image/png' : found.mime
  return { type, picture: PICTURES.find((picture) => picture === type) }
}
