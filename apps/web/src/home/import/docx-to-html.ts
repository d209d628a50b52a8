import mammoth from 'mammoth'
import { boundedDocx } from './bounded-docx.ts'
import { EMPTY_LINE, WORD_STYLES, prepared } from './word-styles.ts'

export interface DocxText {
  readonly html: string
  readonly pictures: number
  readonly formulas: number
}

/**
 * A Word file's text as HTML: everything that it says, of which only what our schema knows may be believed afterwards. Pictures
 * are counted; what it refers to outside of itself is not looked at. Throws RefusedFile when the file is over DOCX_LIMITS or
 * is none.
 */
export async function docxToHtml(bytes: Uint8Array): Promise<DocxText> {
  const parts = boundedDocx(bytes)
  const arrayBuffer = parts.buffer.slice(parts.byteOffset, parts.byteOffset + parts.byteLength) as ArrayBuffer
  let pictures = 0
  const options = {
    styleMap: [...WORD_STYLES],
    includeEmbeddedStyleMap: false, // the file's own idea of what its text becomes
    externalFileAccess: false,
    ignoreEmptyParagraphs: true,
    transformDocument: prepared,
    convertImage: mammoth.images.imgElement(async () => {
      pictures += 1
      return { src: '' }
    }),
  }
  // Browsers' mammoth takes an `arrayBuffer`, Node's (in tests) a `buffer`.
  const input = { arrayBuffer, ...(typeof Buffer !== 'undefined' && { buffer: Buffer.from(arrayBuffer) }) }
  const { value, messages } = await mammoth.convertToHtml(input, options)
  const formulas = messages.filter(({ message }) => /oMath(?:Para)?$/.test(message)).length
  return { html: value.replaceAll(EMPTY_LINE, ''), pictures, formulas }
}
