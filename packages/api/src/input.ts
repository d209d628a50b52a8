import { LIMITS } from '@tandem/sync'
import { z } from 'zod'

// Bidirectional overrides and control characters can make a name look like another one.
const INVISIBLE = /[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu
const NAME_GRAPHEMES = 64
const NAME_UNITS = 200

/** A document's title: one line, without control characters. May be empty; the page shows "Untitled" then. */
export const Title = z
  .string()
  .max(LIMITS.titleLength, `A title has at most ${LIMITS.titleLength} characters (LIMITS.titleLength). Shorten it.`)
  .transform((title) => title.replaceAll(INVISIBLE, ' ').trim())

/** A file's own name, to call a document after: cut to what a title may have. */
export const FileName = z
  .string()
  .max(1024, 'A file name has at most 1024 characters.')
  .transform((name) => name.replaceAll(INVISIBLE, ' ').slice(0, LIMITS.titleLength))

/** What a person is called: 1 to 64 characters as a reader counts them, without control characters. */
export const PersonName = z
  .string()
  .max(NAME_UNITS, `A name has at most ${NAME_GRAPHEMES} characters. Shorten it.`)
  .transform((name) => name.replaceAll(INVISIBLE, '').trim())
  .refine((name) => name !== '', 'A name cannot be empty.')
  .refine(
    (name) => [...new Intl.Segmenter().segment(name)].length <= NAME_GRAPHEMES,
    `A name has at most ${NAME_GRAPHEMES} characters. Shorten it.`,
  )

/** A Markdown file: raw bytes over a WebSocket, base64 in JSON. A WebSocket frame holds LIMITS.frameBytes: send larger files over HTTP. */
export const Markdown = z
  .custom<Uint8Array | string>(
    (value) => value instanceof Uint8Array || typeof value === 'string',
    'Send the file as bytes, or as base64.',
  )
  .transform((value, context): Uint8Array => {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : value
    // Buffer skips what is not base64; a file that lost bytes silently would be worse than a refusal.
    const isWhole = typeof value !== 'string' || bytes.byteLength === bytesInBase64(value)
    if (isWhole && bytes.byteLength <= LIMITS.importBytes) return bytes
    const message = isWhole
      ? `A file to import has at most ${LIMITS.importBytes} bytes (LIMITS.importBytes). Split it.`
      : 'Send the file as base64 (RFC 4648, padded).'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

/** How many bytes padded base64 of this length stands for; of another length, none. */
function bytesInBase64(text: string): number | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return text.length % 4 === 0 ? (text.length / 4) * 3 - padding : undefined
}
