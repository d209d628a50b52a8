import { fileName, fileOf, imageLook, isSafeImage, sizeText } from '@tandem/schema'
import { allowedText, type JsonNode } from '@tandem/schema/export'
import { ImageRun, Paragraph, TextRun, type ParagraphChild } from 'docx'
import type { Block, DocxWriting, Place } from './docx-blocks.ts'
import { linkRun, linkTo } from './docx-inline.ts'
import { STYLE, paragraphStyleId } from './docx-styles.ts'

/** Pixels of a page's text. */
const PAGE_PX = 600

/** A picture of ours is in the file; another is where it is, and the file says where. What stands under it follows. */
export function writeImage({ attrs = {} }: JsonNode, _: Place, writing: DocxWriting): Block[] {
  const { caption, align } = imageLook(attrs)
  const alignment = align === undefined ? {} : { alignment: align }
  const children = pictureOf(attrs, writing)
  return [
    ...(children.length > 0 ? [new Paragraph({ ...alignment, children })] : []),
    ...(caption === ''
      ? []
      : [
          new Paragraph({
            style: paragraphStyleId(STYLE.caption),
            ...alignment,
            children: [new TextRun(allowedText(caption))],
          }),
        ]),
  ]
}

function pictureOf(attrs: Readonly<Record<string, unknown>>, writing: DocxWriting): ParagraphChild[] {
  const { src, alt } = attrs
  const text = typeof alt === 'string' ? allowedText(alt) : ''
  const picture = typeof src === 'string' ? writing.pictures.get(src) : undefined
  if (picture === undefined) {
    if (isSafeImage(src)) return [linkTo(src, [linkRun(text || src)], writing)]
    return text === '' ? [] : [new TextRun(text)]
  }
  const { width } = imageLook(attrs)
  const wanted = width === undefined ? Math.min(PAGE_PX, picture.widthPx) : (PAGE_PX * width) / 100
  const scale = wanted / picture.widthPx
  const transformation = { width: Math.round(wanted), height: Math.max(1, Math.round(picture.heightPx * scale)) }
  const altText = { name: text.slice(0, 60) || 'Picture', description: text, title: '' }
  return [new ImageRun({ type: picture.type, data: picture.bytes, transformation, altText })]
}

/** A file itself is not in it; who may read the document can get it from where it is. */
export function writeFile({ attrs = {} }: JsonNode, _: Place, writing: DocxWriting): Block[] {
  const file = fileOf(attrs)
  if (file === undefined) return [new Paragraph({ children: [new TextRun(allowedText(fileName(attrs['name'])))] })]
  const size = file.size === undefined ? [] : [new TextRun(` (${sizeText(file.size)})`)]
  return [new Paragraph({ children: [linkTo(file.src, [linkRun(file.name)], writing), ...size] })]
}
