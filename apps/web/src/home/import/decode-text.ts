import { RefusedFile } from './bounded-docx.ts'

/** Text in the encoding that its first bytes or, in HTML, its `<meta charset>` say; else UTF-8. Throws RefusedFile when it is none of that. */
export function decodeText(bytes: Uint8Array, { html = false } = {}): string {
  const named = encodingOfMark(bytes) ?? (html ? encodingOfMeta(bytes) : undefined) ?? 'utf-8'
  try {
    return new TextDecoder(named, { fatal: named === 'utf-8' }).decode(bytes)
  } catch (cause) {
    throw new RefusedFile('It is not UTF-8 text. Save it as UTF-8 and import it again.', { cause })
  }
}

function encodingOfMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

/** As browsers look for it: within the first kilobyte. */
function encodingOfMeta(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 1_024))
  const name = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(start)?.[1]
  return name !== undefined && isEncoding(name) ? name.toLowerCase() : undefined
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== 'replacement'
  } catch {
    return false // a name that no browser knows
  }
}
