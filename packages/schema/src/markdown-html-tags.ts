import type { JsonMark, JsonNode } from './markdown-json.ts'
import type { Token } from './markdown-tokens.ts'
import { isColour } from './palette.ts'

/** Tags that people use where Markdown has no sign, as marks of the schema. */
const MARK_OF: Readonly<Record<string, string>> = {
  strong: 'bold',
  b: 'bold',
  em: 'italic',
  i: 'italic',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  u: 'underline',
  code: 'code',
  mark: 'highlight',
}
/** Tags that mean something with this attribute only. */
const ATTRIBUTE_OF: Readonly<Record<string, string>> = {
  mark: 'data-color',
  span: 'data-color',
  time: 'datetime',
  code: 'class',
}
const TAG = /^<(\/?)([a-z]+)(?:\s+([a-z-]+)="([^"]*)")?\s*>$/i

/** One of two tags that belong together: a mark, or a node whose text is between them. */
export type PairedTag = { readonly closes: boolean } & Meaning

type Meaning = { readonly mark: JsonMark } | { readonly node: JsonNode }

/** The mark that a tag of markdown-it or of HTML without attributes means. */
export function markOfTag(name: string): JsonMark | undefined {
  const type = Object.hasOwn(MARK_OF, name) ? MARK_OF[name] : undefined
  return type === undefined ? undefined : { type }
}

/** HTML tags that open and close something within this run. A lone one, and one we do not know, is what somebody wanted to show. */
export function tagsWithPartners(tokens: readonly Token[]): Map<Token, PairedTag> {
  const paired = new Map<Token, PairedTag>()
  const open: { name: string; token: Token; meaning: Meaning | undefined }[] = []
  for (const token of tokens) {
    const [, slash, tag = '', attribute, value = ''] = (token.type === 'html_inline' && TAG.exec(token.content)) || []
    const name = tag.toLowerCase()
    if (!Object.hasOwn(MARK_OF, name) && !Object.hasOwn(ATTRIBUTE_OF, name)) continue
    if (slash === '') {
      open.push({ name, token, meaning: meaningOf(name, attribute, value) })
      continue
    }
    const partner = open.findLastIndex((opened) => opened.name === name)
    const [opened] = partner < 0 ? [] : open.splice(partner, 1)
    if (opened?.meaning === undefined || attribute !== undefined) continue
    paired.set(opened.token, { closes: false, ...opened.meaning })
    paired.set(token, { closes: true, ...opened.meaning })
  }
  return paired
}

function meaningOf(name: string, attribute: string | undefined, value: string): Meaning | undefined {
  if (attribute === undefined) {
    const mark = markOfTag(name)
    return mark && { mark }
  }
  if (attribute !== ATTRIBUTE_OF[name]) return undefined
  if (name === 'time') return { node: { type: 'date', attrs: { date: value } } }
  if (name === 'code') return value === 'math' ? { node: { type: 'inlineMath' } } : undefined
  if (!isColour(value)) return undefined
  return { mark: { type: name === 'mark' ? 'highlight' : 'textStyle', attrs: { color: value } } }
}
