import type { JsonNode } from '@tandem/schema/export'
import type { Picture } from './export-settings.ts'

/** Of all pictures together, as they are stored; what is over stays where it is. */
const MOST_BYTES = 60 * 1024 * 1024
const MOST_PICTURES = 300
const LONGEST_SIDE_PX = 16_000
const FETCH_MS = 15_000
/** Where pictures of ours are; nothing else of this origin is asked for because a document says so. */
const OURS = '/api/uploads/'
const KINDS: Readonly<Record<string, Picture['type']>> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif' }

/**
 * The document's own pictures, to be put into a file: what needs this person's session to be seen nobody could see in it
 * otherwise. Pictures of other places are not fetched, nor what cannot be had now (offline): they stay addresses.
 */
export async function picturesOf(document: JsonNode, base: string): Promise<Map<string, Picture>> {
  const pictures = new Map<string, Picture>()
  let left = MOST_BYTES
  for (const src of [...new Set(addressesIn(document))].slice(0, MOST_PICTURES)) {
    const url = URL.canParse(src, base) ? new URL(src, base) : undefined
    if (url === undefined || url.origin !== new URL(base).origin || !url.pathname.startsWith(OURS)) continue
    const picture = await fetched(url, left).catch(() => undefined)
    if (picture === undefined) continue
    left -= picture.bytes.length
    pictures.set(src, picture)
  }
  return pictures
}

function* addressesIn({ type, attrs, content = [] }: JsonNode): Generator<string> {
  if (type === 'image' && typeof attrs?.['src'] === 'string') yield attrs['src']
  for (const child of content) yield* addressesIn(child)
}

async function fetched(url: URL, mostBytes: number): Promise<Picture | undefined> {
  const response = await fetch(url, {
    credentials: 'same-origin',
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_MS),
  })
  const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? ''
  if (!response.ok || !type.startsWith('image/') || type.includes('svg')) return undefined
  const file = await response.blob()
  if (file.size > mostBytes) return undefined
  const bitmap = await createImageBitmap(file)
  const { width: widthPx, height: heightPx } = bitmap
  try {
    if (widthPx > LONGEST_SIDE_PX || heightPx > LONGEST_SIDE_PX) return undefined
    const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
    const kept = kind === undefined ? await asPng(bitmap) : file
    return { type: kind ?? 'png', bytes: new Uint8Array(await kept.arrayBuffer()), widthPx, heightPx }
  } finally {
    bitmap.close()
  }
}

/** Word shows neither WebP nor AVIF. */
async function asPng(bitmap: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  return canvas.convertToBlob({ type: 'image/png' })
}
