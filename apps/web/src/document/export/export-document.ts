import { beginsWithTitle, contentOfDocument, writeHtmlPage, writeMarkdown, writePlainText } from '@tandem/schema/export'
import type * as Y from 'yjs'
import { UNTITLED } from '../../app/untitled.ts'
import { toBase64 } from '../../ui/base64.ts'
import { dayForPeople } from '../day-for-people.ts'
import type { ExportSettings, Picture } from './export-settings.ts'
import { picturesOf } from './pictures.ts'

export type ExportFormat = 'docx' | 'html' | 'md' | 'txt'

export interface ExportedFile {
  readonly extension: ExportFormat
  readonly file: Blob
}

/**
 * The open document as a file, of what this page has: it needs the network only for the document's own pictures, and goes on
 * without them. Rejects when the part of the page that writes the format cannot be loaded.
 */
export async function exportDocument(
  doc: Y.Doc,
  format: ExportFormat,
  about: { readonly title: string; readonly base: string },
): Promise<ExportedFile> {
  const content = contentOfDocument(doc)
  if (format === 'md') return text('md', 'text/markdown', writeMarkdown(content))
  const title = about.title.trim() || UNTITLED
  const titleIsInText = beginsWithTitle(content, title)
  if (format === 'txt')
    return text('txt', 'text/plain', (titleIsInText ? '' : `${title}\n\n`) + writePlainText(content))
  const pictures = await picturesOf(content, about.base)
  const settings: ExportSettings = { title, titleIsInText, base: about.base, day: dayForPeople, pictures }
  if (format === 'docx') {
    const { writeDocx } = await import('./docx-writer.ts')
    const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
    return { extension: 'docx', file: new Blob([await writeDocx(content, settings)], { type }) }
  }
  const { staticFormula } = await import('./static-formula.ts')
  const picture = (src: string) => dataUrlOf(pictures.get(src))
  return text('html', 'text/html', writeHtmlPage(content, { ...settings, formula: staticFormula, picture }))
}

function text(extension: ExportFormat, type: string, content: string): ExportedFile {
  return { extension, file: new Blob([content], { type: `${type};charset=utf-8` }) }
}

const MEDIA_TYPES: Readonly<Record<Picture['type'], string>> = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif' }

function dataUrlOf(picture: Picture | undefined): string | undefined {
  return picture && `data:${MEDIA_TYPES[picture.type]};base64,${toBase64(picture.bytes)}`
}
