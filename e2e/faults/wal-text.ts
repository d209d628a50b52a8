import type { Syscall } from './syscalls.ts'

const PAGE_BYTES = 8192
const SEGMENT_BYTES = 16 * 1024 * 1024
/** What stands at the head of each page, and of the first of each segment (XLogPageHeaderData, XLogLongPageHeaderData). */
const HEADER_BYTES = 24
const LONG_HEADER_BYTES = 40

const ESCAPED = /\\(?:([0-7]{1,3})|x([0-9a-f]{2})|(.))/gs
const PLAIN: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' }

/** What a write to PostgreSQL's write-ahead log wrote, as latin1 and without the heads of its pages: a record goes on behind them. */
export function walText(call: Syscall): string {
  const { literal, offset } = /"(?<literal>.*)"(?:\.\.\.)?, \d+, (?<offset>\d+)$/s.exec(call.arguments)?.groups ?? {}
  if (literal === undefined) return ''
  const text = literal.replace(ESCAPED, (_, octal?: string, hex?: string, letter: string = ''): string => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    return PLAIN[letter] ?? letter
  })
  const pages = Array.from({ length: Math.ceil(text.length / PAGE_BYTES) }, (_, page) => {
    const isFirst = (Number(offset) + page * PAGE_BYTES) % SEGMENT_BYTES === 0
    return text.slice(page * PAGE_BYTES + (isFirst ? LONG_HEADER_BYTES : HEADER_BYTES), (page + 1) * PAGE_BYTES)
  })
  return pages.join('')
}
