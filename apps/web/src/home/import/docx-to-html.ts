import mammoth from 'mammoth'
import { boundedDocx, partOf } from './bounded-docx.ts'
import { pictureAddress } from './picture-places.ts'
import { TakenPictures } from '../../document/editor/uploads/taken-pictures.ts'
import { EMPTY_LINE, WORD_STYLES, prepared } from './word-styles.ts'

export interface DocxText {
  /** Where a picture stands, an `img` has its `pictureAddress`. */
  readonly html: string
  /** As they are; those that stand in it several times once. */
  readonly pictures: readonly File[]
  /** Pictures that are not among them, in words, as `TakenPictures` says it. */
  readonly leftOut: readonly string[]
  /** That are not in it. */
  readonly formulas: number
}

/**
 * A Word file's text as HTML: everything that it says, of which only what our schema knows may be believed afterwards. Pictures
 * are taken out one after the other; what it refers to outside of itself is not looked at. Throws RefusedFile when the file is over DOCX_LIMITS or
 * is none.
 */
export async function docxToHtml(bytes: Uint8Array): Promise<DocxText> {
  const { zip, formulas } = boundedDocx(bytes)
  const arrayBuffer = zip.buffer.slice(zip.byteOffset, zip.byteOffset + zip.byteLength) as ArrayBuffer
  const pictures = new TakenPictures()
  const options = {
    styleMap: [...WORD_STYLES],
    includeEmbeddedStyleMap: false, // the file's own idea of what its text becomes
    externalFileAccess: false,
    ignoreEmptyParagraphs: true,
    transformDocument: prepared,
    convertImage: mammoth.images.imgElement(async ({ readAsArrayBuffer }) => {
      // What is read is the stand-in: the part's name. What lies outside of the file has none.
      const name = await nameIn(readAsArrayBuffer)
      const taken = name === undefined ? pictures.lack() : pictures.take(name, () => partOf(bytes, name))
      return { src: taken === undefined ? '' : pictureAddress(taken) }
    }),
  }
  // Browsers' mammoth takes an `arrayBuffer`, Node's (in tests) a `buffer`.
  const input = { arrayBuffer, ...(typeof Buffer !== 'undefined' && { buffer: Buffer.from(arrayBuffer) }) }
  const { value } = await mammoth.convertToHtml(input, options)
  return { html: value.replaceAll(EMPTY_LINE, ''), pictures: pictures.files, leftOut: pictures.leftOut(), formulas }
}

async function nameIn(read: () => Promise<ArrayBuffer>): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await read())
  } catch {
    return undefined // mammoth's way of saying that it is not in the file, or may not be read
  }
}
