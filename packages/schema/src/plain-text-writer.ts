import { imageLook } from './image-look.ts'
import { textOf, type JsonNode } from './markdown-json.ts'
import { isSafeImage, isSafeLink } from './safe-url.ts'

type WriteText = (node: JsonNode) => string

const BETWEEN_BLOCKS = '\n\n'

/** One writer for every node of the schema, which a test checks. What is only a line's text is written by its `textOf`. */
export const NODE_TEXT: Readonly<Record<string, WriteText>> = {
  doc: (node) => blocksText(node),
  paragraph: lineText,
  heading: lineText,
  text: textOf,
  hardBreak: () => '\n',
  date: textOf,
  inlineMath: textOf,
  mention: textOf,
  blockquote: (node) => prefixed(blocksText(node), '> ', '> '),
  bulletList: (node) => itemsText(node, () => '- '),
  orderedList: (node) => {
    const start = Math.trunc(Number(node.attrs?.['start'] ?? 1)) || 0
    return itemsText(node, (index) => `${start + index}. `)
  },
  taskList: (node) => itemsText(node, (_, item) => (item.attrs?.['checked'] === true ? '[x] ' : '[ ] ')),
  listItem: itemText,
  taskItem: itemText,
  codeBlock: textOf,
  blockMath: textOf,
  horizontalRule: () => '* * *',
  image: ({ attrs }) => {
    const { src, alt } = attrs ?? {}
    const { caption } = imageLook(attrs ?? {})
    return [typeof alt === 'string' ? alt : '', caption, isSafeImage(src) ? `<${src}>` : '']
      .filter((part) => part !== '')
      .join(' ')
  },
  file: textOf,
  callout: (node) => blocksText(node),
  details: (node) => blocksText(node),
  detailsSummary: lineText,
  detailsContent: (node) => prefixed(blocksText(node), '  ', '  '),
  columns: (node) => blocksText(node),
  column: (node) => blocksText(node),
  table: (node) => (node.content ?? []).map(nodeText).join('\n'),
  // Not tabs: pasted into a spreadsheet that would be cells, and a text that begins with `=` a formula.
  tableRow: (node) => (node.content ?? []).map(nodeText).join(' | '),
  tableHeader: cellText,
  tableCell: cellText,
}

/** The document as people would type it without any signs but those of lists and quotes. Of nodes that are not known their text stays. */
export function writePlainText(document: JsonNode): string {
  const text = blocksText(document)
  return text === '' ? '' : `${text}\n`
}

function nodeText(node: JsonNode): string {
  const write = Object.hasOwn(NODE_TEXT, node.type) ? NODE_TEXT[node.type] : undefined
  if (write !== undefined) return write(node)
  return (node.content ?? []).some(({ text }) => text !== undefined) ? lineText(node) : blocksText(node)
}

function blocksText({ content = [] }: JsonNode, between = BETWEEN_BLOCKS): string {
  return content
    .map(nodeText)
    .filter((text) => text !== '')
    .join(between)
}

/** A line, with where its links lead when their text does not say so. */
function lineText({ content = [] }: JsonNode): string {
  let text = ''
  content.forEach((node, index) => {
    text += nodeText(node)
    const href = hrefOf(node)
    if (href === undefined || hrefOf(content[index + 1]) === href) return
    const shown = linkText(content, index, href)
    if (isSafeLink(href) && shown !== href && `mailto:${shown}` !== href) text += ` <${href}>`
  })
  return text
}

function hrefOf(node: JsonNode | undefined): string | undefined {
  const href = node?.marks?.find(({ type }) => type === 'link')?.attrs?.['href']
  return typeof href === 'string' ? href : undefined
}

/** Of everything up to `last` that is one link. */
function linkText(content: readonly JsonNode[], last: number, href: string): string {
  let from = last
  while (hrefOf(content[from - 1]) === href) from -= 1
  return content
    .slice(from, last + 1)
    .map(textOf)
    .join('')
}

function itemsText({ content = [] }: JsonNode, marker: (index: number, item: JsonNode) => string): string {
  return content
    .map((item, index) => {
      const sign = marker(index, item)
      return prefixed(nodeText(item), sign, ' '.repeat(sign.length))
    })
    .join('\n')
}

function itemText(node: JsonNode): string {
  return blocksText(node, '\n')
}

function cellText(node: JsonNode): string {
  return blocksText(node, ' ').replace(/\s*\n\s*/g, ' ')
}

function prefixed(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => ((index === 0 ? first : others) + line).trimEnd())
    .join('\n')
}
