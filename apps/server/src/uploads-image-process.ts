/**
 * The process of ProcessPictures: one picture, one answer, gone. What a hostile file does to a decoder, and the memory it
 * takes, are not the node's. It ends with the node, however that ends.
 */
import { readdirSync } from 'node:fs'
import { setPriority } from 'node:os'
import sharp, { type Sharp } from 'sharp'
import type { PictureType } from './uploads-kind.ts'

/** Width times height, of all frames together. */
const MOST_PIXELS = 50_000_000
/** … of a picture that cannot be read line by line, and so is in memory as a whole. */
const MOST_PIXELS_AT_ONCE = 20_000_000
/** Some lines are in memory at a time, and of longer ones that is too much: 265 MB with one of 65,500 px. */
const MOST_WIDTH = 16_000
/** The longer side of what is kept, in px. */
const LONGEST_SIDE = 3_200
const TIME_LIMIT_S = 25
const LEAST_PRIORITY = 19

export interface PictureOrder {
  readonly input: string
  readonly output: string
  readonly type: PictureType
}

export type PictureAnswer =
  | { readonly ok: true; readonly type: string; readonly width: number; readonly height: number }
  /** `isFault`: of this machine (a full disk), not of the picture. */
  | { readonly ok: false; readonly problem: string; readonly isFault: boolean; readonly code: string | undefined }

/** What sharp calls what we know by its media type, and how it is written anew: what is slow to write becomes WebP. */
const FORMATS: Readonly<Record<PictureType, { format: string; type: string; write: (image: Sharp) => Sharp }>> = {
  'image/png': { format: 'png', type: 'image/png', write: (image) => image.png() },
  'image/jpeg': {
    format: 'jpeg',
    type: 'image/jpeg',
    write: (image) => image.jpeg({ quality: 86, optimiseCoding: false }),
  },
  'image/webp': { format: 'webp', type: 'image/webp', write: (image) => image.webp({ quality: 86 }) },
  'image/gif': { format: 'gif', type: 'image/gif', write: (image) => image.gif({ effort: 3 }) },
  'image/avif': { format: 'heif', type: 'image/webp', write: (image) => image.webp({ quality: 86 }) },
}

// Behind everything else on this machine. On Linux every thread has a priority of its own.
if (process.platform === 'linux')
  for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), LEAST_PRIORITY)
sharp.concurrency(1)
sharp.cache(false)

process.once('disconnect', () => process.exit())
process.once('message', (order: PictureOrder) => {
  void writtenAnew(order).then((answer) => process.send?.(answer))
})

/** How a camera was held, as EXIF counts it, and what sets it upright. Mirrored before it is turned. */
const UPRIGHT: Readonly<Record<number, (image: Sharp) => Sharp>> = {
  2: (image) => image.flop(),
  3: (image) => image.rotate(180),
  4: (image) => image.flip(),
  5: (image) => image.flip().rotate(90),
  6: (image) => image.rotate(90),
  7: (image) => image.flip().rotate(270),
  8: (image) => image.rotate(270),
}

/** Upright, in sRGB, without a word of what its camera knew. */
async function writtenAnew({ input, output, type }: PictureOrder): Promise<PictureAnswer> {
  const { format, type: written, write } = FORMATS[type]
  try {
    const animated = type === 'image/gif' || type === 'image/webp'
    const options = { limitInputPixels: MOST_PIXELS, sequentialRead: true, failOn: 'error', animated } as const
    const found = await sharp(input, options).metadata()
    if (found.format !== format) return refused('Its bytes are not the picture that they begin as.')
    const most =
      found.isProgressive || type === 'image/webp' || type === 'image/avif' ? MOST_PIXELS_AT_ONCE : MOST_PIXELS
    if (found.width * (found.pageHeight ?? found.height) * (animated ? (found.pages ?? 1) : 1) > most)
      return refused(`It has more than ${most / 1e6} million pixels, frames counted one by one.`)
    if (found.width > MOST_WIDTH) return refused(`It is more than ${MOST_WIDTH} pixels wide.`)
    const fit = { width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true } as const
    // Turned when it is small, not by `autoOrient`, which needs all of a large one in memory. The box it fits in is a square.
    const upright = UPRIGHT[found.orientation ?? 1] ?? ((image: Sharp) => image)
    const image = write(upright(sharp(input, options).resize(fit))).timeout({ seconds: TIME_LIMIT_S })
    const { width, height, pageHeight } = await image.toFile(output)
    return { ok: true, type: written, width, height: pageHeight ?? height }
  } catch (error) {
    return problemOf(error)
  }
}

/** libvips speaks of everything in words. */
function problemOf(error: unknown): PictureAnswer {
  const message = error instanceof Error ? error.message : String(error)
  const isFull =
    (error instanceof Error && 'code' in error && error.code === 'ENOSPC') || /no space left/i.test(message)
  if (isFull) return { ok: false, problem: 'The disk is full.', isFault: true, code: 'ENOSPC' }
  if (/exceeds pixel limit/i.test(message)) return refused(`It has more than ${MOST_PIXELS / 1e6} million pixels.`)
  if (/timeout/i.test(message)) return refused('It takes too long to read.')
  return refused('It is damaged, or not a picture that can be read.')
}

function refused(problem: string): PictureAnswer {
  return { ok: false, problem, isFault: false, code: undefined }
}
