import { dayText } from './day.ts'
import { formulaOf } from './mathematics.ts'
import { mentionText } from './mention.ts'
import { fileName } from './upload.ts'

/** ProseMirror's JSON, as far as reading and writing Markdown needs it. */
export interface JsonNode {
  readonly type: string
  readonly attrs?: Readonly<Record<string, unknown>>
  readonly content?: readonly JsonNode[]
  readonly text?: string
  readonly marks?: readonly JsonMark[]
}

export interface JsonMark {
  readonly type: string
  readonly attrs?: Readonly<Record<string, unknown>>
}

/** What the inline nodes without content stand for. */
const ATOM_TEXTS: Readonly<Record<string, (attrs: Readonly<Record<string, unknown>>) => string>> = {
  date: ({ date }) => dayText(date),
  inlineMath: ({ latex }) => formulaOf(latex),
  blockMath: ({ latex }) => formulaOf(latex),
  mention: mentionText,
  file: ({ name }) => fileName(name),
}

/** Characters of a text, or of everything in a node. */
export function textOf(node: JsonNode): string {
  const ofAtom = Object.hasOwn(ATOM_TEXTS, node.type) ? ATOM_TEXTS[node.type] : undefined
  return node.text ?? ofAtom?.(node.attrs ?? {}) ?? (node.content ?? []).map(textOf).join('')
}

/** Appends text to inline content; a run with the same marks is continued, as ProseMirror would. */
export function appendText(content: JsonNode[], text: string, marks: readonly JsonMark[]): void {
  if (text === '') return
  const last = content.at(-1)
  if (last?.text !== undefined && JSON.stringify(last.marks ?? []) === JSON.stringify(marks)) {
    content[content.length - 1] = { ...last, text: last.text + text }
    return
  }
  content.push({ type: 'text', text, ...(marks.length > 0 && { marks }) })
}
