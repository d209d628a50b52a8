import { imageLook, imageWidth } from './image-look.ts'
import type { JsonNode } from './markdown-json.ts'
import { destination, escapeAll } from './markdown-line.ts'
import { isAlignment } from './palette.ts'
import { isSafeImage } from './safe-url.ts'
import { fileName, fileOf } from './upload.ts'

const FIGURE =
  /^<figure(?: data-align="(\w+)")?><img src="([^"<>]*)" alt="([^"<>]*)"(?: title="([^"<>]*)")?(?: width="(\d+)%")?>(?:<figcaption>([^<>]*)<\/figcaption>)?<\/figure>$/
const FILE = /^<div class="file"><a href="([^"<>]*)"(?: type="([^"<>]*)")?(?: data-size="(\d+)")?>([^<>]*)<\/a><\/div>$/

/** A picture as Markdown has it; with what Markdown has no sign for, as HTML that its readers pass on or over. */
export function writeImage(node: JsonNode): string {
  const { src, alt, title } = node.attrs ?? {}
  const { caption, width, align } = imageLook(node.attrs ?? {})
  const isPlain = caption === '' && width === undefined && align === undefined
  if (!isSafeImage(src) || isPlain) return writeImageInline(node)
  const attributes = [
    `src="${encoded(src)}"`,
    `alt="${typeof alt === 'string' ? encoded(alt) : ''}"`,
    ...(typeof title === 'string' && title !== '' ? [`title="${encoded(title)}"`] : []),
    ...(width === undefined ? [] : [`width="${width}%"`]),
  ]
  const below = caption === '' ? '' : `<figcaption>${encoded(caption)}</figcaption>`
  return `<figure${align === undefined ? '' : ` data-align="${align}"`}><img ${attributes.join(' ')}>${below}</figure>`
}

/** As it stands in a line, as in a table's cell: the caption is text after it there. */
export function writeImageInline({ attrs = {} }: JsonNode): string {
  const { src, alt, title } = attrs
  const text = typeof alt === 'string' ? escapeAll(alt) : ''
  const picture = isSafeImage(src) ? `![${text}](${destination(src, title)})` : text
  return [picture, escapeAll(imageLook(attrs).caption)].filter((part) => part !== '').join(' ')
}

/** A link to the file, as HTML that says that it is one. */
export function writeFile({ attrs = {} }: JsonNode): string {
  const file = fileOf(attrs)
  if (file === undefined) return escapeAll(fileName(attrs['name']))
  const { src, name, size, type } = file
  const about = ` type="${encoded(type)}"${size === undefined ? '' : ` data-size="${size}"`}`
  return `<div class="file"><a href="${encoded(src)}"${about}>${encoded(name)}</a></div>`
}

/** A block of HTML that `writeImage` or `writeFile` wrote, as the node that it was. */
export function readMedia(html: string): JsonNode | undefined {
  return readFigure(html) ?? readFile(html)
}

function readFigure(html: string): JsonNode | undefined {
  const [whole, align, src = '', alt = '', title, width, caption] = FIGURE.exec(html) ?? []
  if (whole === undefined || !isSafeImage(decoded(src))) return undefined
  const attrs = {
    src: decoded(src),
    alt: decoded(alt) || null,
    title: title === undefined ? null : decoded(title),
    caption: imageLook({ caption: decoded(caption ?? '') }).caption || null,
    width: (width === undefined ? undefined : imageWidth(Number(width))) ?? null,
    align: isAlignment(align) ? align : null,
  }
  return { type: 'image', attrs }
}

function readFile(html: string): JsonNode | undefined {
  const [whole, src = '', type = '', size, name = ''] = FILE.exec(html) ?? []
  if (whole === undefined) return undefined
  const about = { src: decoded(src), name: decoded(name), type: decoded(type), size: Number(size ?? Number.NaN) }
  const file = fileOf(about)
  return file && { type: 'file', attrs: { ...file, size: file.size ?? null } }
}

/** On one line, whatever is in it; nothing in it is markup, of HTML or of a table. */
function encoded(text: string): string {
  return text.replace(/[&<>"'|\p{Cc}\u2028\u2029]/gu, (sign) => `&#${sign.codePointAt(0)};`)
}

function decoded(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return text.replace(/&(?:#(\d{1,7})|(amp|lt|gt|quot));/g, (whole, code: string | undefined, name: string) => {
    if (code === undefined) return named[name] ?? whole
    return Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : whole
  })
}
