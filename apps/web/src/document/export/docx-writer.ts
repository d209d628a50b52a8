import type { JsonNode } from '@tandem/schema/export'
import { allowedText } from '@tandem/schema/export'
import { Document, Packer, Paragraph, HeadingLevel, TextRun, type ILevelsOptions } from 'docx'
import { blocksOf } from './docx-blocks.ts'
import { BULLETS, BULLET_LEVELS, DOCUMENT_STYLES, numberLevels } from './docx-styles.ts'
import type { ExportSettings } from './export-settings.ts'

/**
 * The document as a Word file, its title first. Formulas are Word's own, and those that it has no signs for are their source, in a style of their own; nothing in it is a field,
 * a macro or a reference to outside but links that a reader clicks. Of nodes that are not known their text stays.
 */
export async function writeDocx(document: JsonNode, settings: ExportSettings): Promise<ArrayBuffer> {
  const config: { reference: string; levels: ILevelsOptions[] }[] = [{ reference: BULLETS, levels: BULLET_LEVELS }]
  const lists = {
    numbered(start: number) {
      const reference = `numbers-${config.length}`
      config.push({ reference, levels: numberLevels(start) })
      return reference
    },
  }
  const blocks = blocksOf(document.content ?? [], { level: -1 }, { ...settings, lists })
  const title = allowedText(settings.title)
  const file = new Document({
    title,
    creator: 'Tandem',
    description: '',
    styles: DOCUMENT_STYLES,
    numbering: { config },
    sections: [
      {
        children: [
          ...(settings.titleIsInText
            ? []
            : [new Paragraph({ heading: HeadingLevel.TITLE, children: [new TextRun(title)] })]),
          ...(blocks.length > 0 ? blocks : [new Paragraph({})]),
        ],
      },
    ],
  })
  return Packer.toArrayBuffer(file)
}
