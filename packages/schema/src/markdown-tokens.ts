import { SyncError } from '@tandem/sync'
import MarkdownIt, { type Token } from 'markdown-it'
import { withOurSigns } from './markdown-signs.ts'
import { isSafeLink } from './safe-url.ts'

export type { Token }

/** Quotes and lists within each other, within LIMITS.updateDepth; markdown-it drops what is deeper, so deeper is refused. */
const DEEPEST_NESTING = 60

const parser = withOurSigns(new MarkdownIt({ html: true, linkify: true, maxNesting: DEEPEST_NESTING }))
// Bare http and https addresses become links; what merely looks like one (read.me, a@b) stays text.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
for (const schema of ['//', 'ftp:', 'mailto:']) parser.linkify.add(schema, null)
// Addresses stay as they are written; what is not allowed stays text. Images within the file are spelled out later.
parser.normalizeLink = (url) => url
parser.normalizeLinkText = (url) => url
parser.validateLink = (url) => isSafeLink(url) || isDataUrl(url) || mentionIn(url) !== undefined

/** An image whose bytes are in the address itself. */
export function isDataUrl(url: string): boolean {
  return /^\s*data:image\//i.test(url)
}

/** What a link such as `mention:person/42` mentions; the form is ours alone. */
export function mentionIn(url: string): { kind: string; id: string } | undefined {
  const [, kind, id] = /^mention:(person|document)\/([\w-]{1,100})$/.exec(url) ?? []
  return kind !== undefined && id !== undefined ? { kind, id } : undefined
}

/** CommonMark with tables, strikethrough, highlights and formulas. Throws SyncError 'bad-input' when quotes and lists are nested too deeply. */
export function tokensOf(markdown: string): Token[] {
  const tokens = parser.parse(markdown, {})
  if (tokens.some((token) => token.nesting === 1 && token.level >= DEEPEST_NESTING - 1)) {
    throw new SyncError(
      'bad-input',
      `Lists and quotes nested more than ${DEEPEST_NESTING} levels deep. Flatten them and import the file again.`,
    )
  }
  return tokens
}

/** One line of text. */
export function inlineTokensOf(line: string): Token[] {
  return parser.parseInline(line, {})[0]?.children ?? []
}

/** What follows the opening fence of a code block, as it was meant. */
export function fenceInfo(token: Token): string {
  return parser.utils.unescapeAll(token.info).trim()
}
