import { strToU8, unzipSync, zipSync, type UnzipFileInfo } from 'fflate'
import { withTex } from './word-formulas.ts'

/** What a Word file may be; a zip of a few kilobytes can say that it holds more than a browser has. */
export const DOCX_LIMITS = {
  fileBytes: 50 * 1024 * 1024,
  entries: 2_000,
  /** Of what an entry unpacks to, to what it takes packed. Not asked of entries too small to matter. */
  ratio: 100,
  smallBytes: 64 * 1024,
  /** Of everything in it, unpacked. */
  totalBytes: 200 * 1024 * 1024,
  /** Of what is read: the text and its styles, of which a tree is made that takes many times that. */
  xmlBytes: 32 * 1024 * 1024,
  /** Signs that begin or end an element, in all of that: each element is an object of some hundred bytes. */
  tags: 1_500_000,
  /** Until it has been read. */
  readMs: 20_000,
} as const

export interface BoundedDocx {
  readonly zip: Uint8Array
  /** That are passed over: they cannot be read. */
  readonly formulas: number
}

/** Why a file is not read, in words for whoever chose it. */
export class RefusedFile extends Error {
  override readonly name = 'RefusedFile'
}

/**
 * The parts of a Word file that say its text, unpacked and put together anew, so that whatever reads them afterwards cannot be
 * made to unpack more; formulas are TeX (`withTex`). For every other part stands its own name, by which `partOf` gives it out. Nothing is unpacked before all of it has been counted, and no part becomes larger than it said it
 * is. Throws RefusedFile when it is over DOCX_LIMITS, or no Word file.
 */
export function boundedDocx(bytes: Uint8Array): BoundedDocx {
  if (bytes.length > DOCX_LIMITS.fileBytes) {
    throw new RefusedFile(
      `It has ${inMegabytes(bytes.length)} MB; a Word file to import has at most ${inMegabytes(DOCX_LIMITS.fileBytes)} MB.`,
    )
  }
  const others = count(bytes)
  const parts = unzip(bytes, ({ name }) => isRead(name))
  if (parts['word/document.xml'] === undefined && !Object.keys(parts).some((name) => name.endsWith('/document.xml'))) {
    throw notWord()
  }
  if (tagsIn(Object.values(parts)) > DOCX_LIMITS.tags) {
    throw new RefusedFile(
      `It has more than ${DOCX_LIMITS.tags} pieces of text and styles. Split it and import the parts.`,
    )
  }
  let formulas = 0
  for (const [name, bytes] of Object.entries(parts)) {
    const { part, unread } = withTex(bytes)
    parts[name] = part
    formulas += unread
  }
  const named = Object.fromEntries(others.map((name) => [name, strToU8(name)]))
  return { zip: zipSync({ ...parts, ...named }, { level: 0 }), formulas }
}

/** One part of a file that `boundedDocx` has counted, no larger than it said it is; undefined: there is none. Throws RefusedFile when it is damaged. */
export function partOf(bytes: Uint8Array, name: string): Uint8Array | undefined {
  return unzip(bytes, (entry) => entry.name === name)[name]
}

/** Looks at the zip's list only. Returns the parts that are not read, by name. */
function count(bytes: Uint8Array): string[] {
  const others: string[] = []
  let [entries, total, xml] = [0, 0, 0]
  unzip(bytes, ({ name, size, originalSize }) => {
    entries += 1
    total += originalSize
    if (isRead(name)) xml += originalSize
    else if (!name.endsWith('/')) others.push(name)
    if (entries > DOCX_LIMITS.entries) throw tooLarge(`more than ${DOCX_LIMITS.entries} parts`)
    if (total > DOCX_LIMITS.totalBytes) throw tooLarge(`more than ${inMegabytes(DOCX_LIMITS.totalBytes)} MB unpacked`)
    if (xml > DOCX_LIMITS.xmlBytes)
      throw tooLarge(`more than ${inMegabytes(DOCX_LIMITS.xmlBytes)} MB of text and styles`)
    if (originalSize > DOCX_LIMITS.smallBytes && originalSize > size * DOCX_LIMITS.ratio) {
      throw tooLarge(`a part that unpacks to more than ${DOCX_LIMITS.ratio} times its size`)
    }
    return false
  })
  return others
}

function tagsIn(parts: readonly Uint8Array[]): number {
  const less = '<'.charCodeAt(0)
  let tags = 0
  for (const part of parts) for (let at = part.indexOf(less); at >= 0; at = part.indexOf(less, at + 1)) tags += 1
  return tags
}

/** Of pictures only that they are there: their bytes stay packed until they are asked for. */
function isRead(name: string): boolean {
  return /\.(?:xml|rels)$/i.test(name)
}

function unzip(bytes: Uint8Array, filter: (entry: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter })
  } catch (error) {
    throw error instanceof RefusedFile ? error : notWord(error)
  }
}

function tooLarge(what: string): RefusedFile {
  return new RefusedFile(`It has ${what}, which no Word file of ours to read has. Nothing of it was unpacked.`)
}

function notWord(cause?: unknown): RefusedFile {
  const text = 'It is not a Word file (.docx), is damaged, or has a password. Save it in Word once more, without one.'
  return new RefusedFile(text, { cause })
}

function inMegabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024)
}
