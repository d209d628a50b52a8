import { keptScreen } from './first-screen-storage.ts'

/** More than a line of a list has room for. */
const CHARS = 80
/** Of blocks in which no words stand there may be many. */
const BLOCKS = 20
/** What can be pressed says what it does, not what the document says. */
const NOT_TEXT: ReadonlySet<string> = new Set(['button', 'label', 'input'])

/**
 * What a document begins with, in a line, when this browser showed it last to this account; cut where there is more. Undefined where
 * that is not known, and where it begins without words.
 */
export function firstWordsOf(userId: string, documentId: string): string | undefined {
  let words = ''
  for (const block of keptScreen(userId, documentId)?.blocks.slice(0, BLOCKS) ?? []) {
    words = `${words} ${textOf(block)}`.replaceAll(/\s+/g, ' ').trim()
    if (words.length > CHARS) return `${words.slice(0, words.lastIndexOf(' ', CHARS) + 1 || CHARS).trimEnd()}…`
  }
  return words || undefined
}

/** Read with care: another version of the page, or somebody else, may have written it. */
function textOf(node: unknown): string {
  if (typeof node === 'string') return node
  if (!Array.isArray(node)) return ''
  const [tag, , ...contents] = node as readonly unknown[]
  if (typeof tag !== 'string' || NOT_TEXT.has(tag)) return ''
  const text = contents.map(textOf).join('')
  return isInline(tag) ? text : `${text} `
}

const INLINE: ReadonlySet<string> = new Set('span a code strong em u s mark sub sup time'.split(' '))
const isInline = (tag: string): boolean => INLINE.has(tag)
