import { strToU8, zipSync, type Zippable } from 'fflate'

const TYPES = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const ROOT_RELS = `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>`

export interface Relation {
  readonly id: string
  readonly kind: 'hyperlink' | 'image' | 'attachedTemplate' | 'subDocument'
  readonly target: string
  /** A part of the file, by its name within `word/`. */
  readonly isInside?: true
}

/** A Word file with this as its text, and with what it refers to outside of itself. */
export function wordFile(body: string, relations: readonly Relation[] = [], more: Zippable = {}): Buffer {
  const rels = relations.map(
    ({ id, kind, target, isInside }) =>
      `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${escapeXml(target)}"${isInside ? '' : ' TargetMode="External"'}/>`,
  )
  const parts: Zippable = {
    '[Content_Types].xml': strToU8(TYPES),
    '_rels/.rels': strToU8(ROOT_RELS),
    'word/document.xml': strToU8(documentXml(body)),
    'word/_rels/document.xml.rels': strToU8(
      `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${rels.join('')}</Relationships>`,
    ),
    ...more,
  }
  return Buffer.from(zipSync(parts))
}

export function documentXml(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="${RELATIONS}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>${body}</w:body></w:document>`
}

export function wordParagraph(text: string): string {
  return `<w:p>${wordRun(text)}</w:p>`
}

export function wordLink(id: string, text: string): string {
  return `<w:p><w:hyperlink r:id="${id}">${wordRun(text)}</w:hyperlink></w:p>`
}

/** A picture that is somewhere else. */
export function wordPicture(id: string): string {
  return drawing(`r:link="${id}"`, 'd')
}

/** A picture that is a part of the file. */
export function wordPictureInside(id: string, alt: string): string {
  return drawing(`r:embed="${id}"`, alt)
}

function drawing(of: string, alt: string): string {
  return `<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="${escapeXml(alt)}"/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip ${of}/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`
}

function wordRun(text: string): string {
  return `<w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r>`
}

/** Without the signs that no XML may hold: a file with those is only damaged. */
function escapeXml(text: string): string {
  const allowed = text.replace(/(?![\t\n\r])\p{Cc}|\p{Cs}|\p{Noncharacter_Code_Point}/gu, '')
  return allowed.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`)
}
