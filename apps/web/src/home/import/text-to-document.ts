import type { JsonNode } from '@tandem/schema/export'

/** Plain text as it stands: an empty line ends a paragraph, others are lines of it. */
export function textToDocument(text: string): JsonNode {
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '')
    .split(/\n[ \t]*\n\s*?(?=\S|$)/)
    .map((part) => part.replace(/^\n+|\s+$/g, ''))
    .filter((part) => part !== '')
  return { type: 'doc', content: paragraphs.length === 0 ? [{ type: 'paragraph' }] : paragraphs.map(paragraph) }
}

function paragraph(text: string): JsonNode {
  const content = text
    .split('\n')
    .flatMap((line, index): JsonNode[] => [
      ...(index > 0 ? [{ type: 'hardBreak' }] : []),
      ...(line === '' ? [] : [{ type: 'text', text: line }]),
    ])
  return { type: 'paragraph', content }
}
