import type { StateBlock } from 'markdown-it'
import { columnsOf, readColumn, withoutColumns } from './markdown-columns.ts'
import type { JsonNode } from './markdown-json.ts'
import type { CalloutKind } from './palette.ts'

/** Lines that one may have; the end of a longer one is not looked for. */
const MOST_LINES = 5_000
const MARKERS = /^:{3,}/
/** `:::note`, `::: tip A title`, `:::note[A title]`, `::: {.column width="40%"}`: Docusaurus, VitePress and Pandoc. */
const OPENING = /^:{3,}[ \t]*(?:\{[ \t]*\.([\w-]+)([^}]*)\}|([a-z][\w-]*))(?:\[([^\]]*)\]|[ \t]+([^:].*?))?[ \t]*:*$/i
const CALLOUTS: Readonly<Record<string, CalloutKind>> = {
  note: 'note',
  info: 'note',
  important: 'note',
  tip: 'tip',
  hint: 'tip',
  success: 'tip',
  warning: 'warning',
  caution: 'warning',
  attention: 'warning',
  danger: 'danger',
  error: 'danger',
}
const TOGGLES = new Set(['details', 'spoiler', 'collapse'])

interface ContainerStart {
  readonly name: string
  /** As Markdown; empty when there is none. */
  readonly title: string
  readonly width: string | undefined
}

/** What begins on this line; undefined for what is text, as everything is that we do not know. */
function containerStart(line: string): ContainerStart | undefined {
  const [, cssName, attributes = '', plainName, inBrackets, behind] = OPENING.exec(line) ?? []
  const name = (cssName ?? plainName ?? '').toLowerCase()
  const isKnown = Object.hasOwn(CALLOUTS, name) || TOGGLES.has(name) || name === 'columns' || name === 'column'
  if (!isKnown) return undefined
  return { name, title: (inBrackets ?? behind ?? '').trim(), width: /width="?([\d.]+)%/.exec(attributes)?.[1] }
}

/** For markdown-it. One without an end is text. */
export function readContainer(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const lineAt = (line: number) =>
    state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trimEnd()
  const first = lineAt(startLine)
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false
  if (!first.startsWith(':::') || containerStart(first) === undefined) return false
  const end = endOf(first, { startLine, lastLine: Math.min(endLine, startLine + MOST_LINES), lineAt })
  if (end === undefined) return false
  if (silent) return true
  const { lineMax, parentType } = state
  state.push('container_open', 'div', 1).info = first
  state.lineMax = end
  state.md.block.tokenize(state, startLine + 1, end)
  state.lineMax = lineMax
  state.parentType = parentType
  state.push('container_close', 'div', -1)
  state.line = end + 1
  return true
}

/** The line that ends it: of as many colons at least, past the ends of those that begin within and have as few. */
function endOf(
  first: string,
  { startLine, lastLine, lineAt }: { startLine: number; lastLine: number; lineAt(line: number): string },
): number | undefined {
  const colons = (line: string) => MARKERS.exec(line)?.[0].length ?? 0
  const own = colons(first)
  const open = [own]
  let fence: string | undefined
  for (let line = startLine + 1; line < lastLine; line++) {
    const text = lineAt(line)
    const [mark] = /^(?:`{3,}|~{3,})/.exec(text) ?? []
    if (mark !== undefined && (fence === undefined || text.startsWith(fence)))
      fence = fence === undefined ? mark : undefined
    if (fence !== undefined || !text.startsWith(':::')) continue
    if (containerStart(text) !== undefined) open.push(colons(text))
    else if (/^:+$/.test(text)) {
      const closed = open.findLastIndex((count) => count <= text.length)
      if (closed === 0) return line
      if (closed > 0) open.splice(closed)
    }
  }
  return undefined
}

/** The blocks that one becomes of which this is the first line and the content; `titleOf` reads its title. */
export function containerBlocks(
  firstLine: string,
  content: readonly JsonNode[],
  titleOf: (markdown: string) => JsonNode[],
): JsonNode[] {
  const { name, title, width } = containerStart(firstLine) ?? { name: 'note', title: '', width: undefined }
  if (name === 'columns') return columnsOf(content)
  if (name === 'column') return [readColumn(content, width)]
  const blocks = withoutColumns(content)
  const line = title === '' ? [] : titleOf(title)
  if (TOGGLES.has(name)) {
    const below = blocks.length > 0 ? blocks : [{ type: 'paragraph' }]
    return [
      {
        type: 'details',
        content: [
          { type: 'detailsSummary', content: line },
          { type: 'detailsContent', content: below },
        ],
      },
    ]
  }
  const inside = [...(line.length > 0 ? [{ type: 'paragraph', content: line.map(bold) }] : []), ...blocks]
  const kind = CALLOUTS[name] ?? 'note'
  return [{ type: 'callout', attrs: { kind }, content: inside.length > 0 ? inside : [{ type: 'paragraph' }] }]
}

function bold(node: JsonNode): JsonNode {
  const marks = node.marks ?? []
  const isBold = node.text === undefined || marks.some(({ type }) => type === 'bold')
  return isBold ? node : { ...node, marks: [{ type: 'bold' }, ...marks] }
}
