import { writeMarkdown, type JsonNode } from '@tandem/schema/export'
import { LIMITS } from '@tandem/sync'
import { looksLikeMarkdown } from '../../document/editor/paste/looks-like-markdown.ts'
import { DOCX_LIMITS, RefusedFile } from './bounded-docx.ts'
import { DataPictures } from './data-pictures.ts'
import { decodeText } from './decode-text.ts'
import { htmlToDocument } from './html-to-document.ts'
import { pictureAt, type PicturePlace } from './picture-places.ts'
import { readDocx } from './read-docx.ts'
import { TakenPictures } from '../../document/editor/uploads/taken-pictures.ts'
import { textToDocument } from './text-to-document.ts'

/** A file as `documents.import` takes it. */
export interface ReadFile {
  readonly markdown: Uint8Array
  /** As the file calls itself; undefined: after its first heading, or its name. */
  readonly title: string | undefined
  /** What of it is not in the document, in words, each as `3 pictures`. */
  readonly leftOut: readonly string[]
  /** Its own pictures, to be brought into the new document: its text has words where each belongs. */
  readonly pictures: readonly File[]
  readonly places: readonly PicturePlace[]
}

/**
 * Markdown, HTML, Word and plain text, told apart by the name. Rejects with RefusedFile, in words for whoever chose the file,
 * when it is too large, of another kind, or damaged; nothing has been stored then.
 */
export async function readFile(file: File): Promise<ReadFile> {
  const kind = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ''
  if (kind === 'docx') {
    refuseOver(file, DOCX_LIMITS.fileBytes)
    const { html, pictures, leftOut, formulas } = await readDocx(await file.arrayBuffer())
    const { document, title, places } = htmlToDocument(html, (address) => pictureAt(address) ?? 'left out')
    return asMarkdown(document, { title, leftOut: [...leftOut, ...counted(formulas, 'formula')], pictures, places })
  }
  if (kind === 'html' || kind === 'htm' || kind === 'xhtml') {
    // Most of a page that was saved with its pictures are those.
    refuseOver(file, DOCX_LIMITS.fileBytes)
    const [inside, pictures] = [new DataPictures(), new TakenPictures()]
    const html = inside.apart(decodeText(await bytesOf(file), { html: true }))
    const { document, title, places, pictures: beside } = htmlToDocument(html, (src) => inside.take(src, pictures))
    const leftOut = [...counted(beside, 'picture'), ...pictures.leftOut()]
    return asMarkdown(document, { title, leftOut, pictures: pictures.files, places })
  }
  if (kind === 'doc' || kind === 'odt' || kind === 'rtf' || kind === 'pdf') {
    throw new RefusedFile(`A .${kind} file cannot be imported. Save it as .docx, .html, .md or .txt and import that.`)
  }
  refuseOver(file, LIMITS.importBytes)
  const bytes = await bytesOf(file)
  if (kind !== 'txt') return { markdown: bytes, ...ONLY_TEXT }
  const text = decodeText(bytes)
  if (looksLikeMarkdown(text)) return { markdown: new TextEncoder().encode(text), ...ONLY_TEXT }
  return asMarkdown(textToDocument(text), ONLY_TEXT)
}

const ONLY_TEXT = { title: undefined, leftOut: [], pictures: [], places: [] } as const

function asMarkdown(document: JsonNode, about: Omit<ReadFile, 'markdown'>): ReadFile {
  const markdown = new TextEncoder().encode(writeMarkdown(document))
  if (markdown.length > LIMITS.importBytes) {
    throw new RefusedFile(
      `Its text has ${megabytes(markdown.length)}; a file to import has at most ${megabytes(LIMITS.importBytes)} of it. Split it.`,
    )
  }
  return { markdown, ...about }
}

function refuseOver({ size }: File, mostBytes: number): void {
  if (size <= mostBytes) return
  throw new RefusedFile(
    `It has ${megabytes(size)}; a file of this kind has at most ${megabytes(mostBytes)} to be imported. Split it.`,
  )
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer())
}

function counted(count: number, what: string): string[] {
  if (count === 0) return []
  return [count === 1 ? `1 ${what}` : `${count} ${what}s`]
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
