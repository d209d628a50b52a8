/** In UTF-16 units, its ending included. */
const LONGEST_NAME = 120
const LONGEST_ENDING = 12
/** Signs that turn the direction of what follows: `exe.gpj` can be made to look like a picture. */
const MISLEADING = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069\uFEFF]/g

/** A file's name for people to read: no folders, no control characters, never empty. Nothing is stored under it. */
export function cleanName(name: string): string {
  const last =
    name
      .toWellFormed()
      .normalize('NFC')
      .split(/[/\\]/)
      .findLast((part) => part.trim() !== '') ?? ''
  const plain = last
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(MISLEADING, '')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  return shortened(plain) || 'file'
}

function shortened(name: string): string {
  if (name.length <= LONGEST_NAME) return name
  const [ending = ''] = /\.[A-Za-z0-9]+$/.exec(name) ?? []
  const kept = ending.length <= LONGEST_ENDING ? ending : ''
  return `${name.slice(0, LONGEST_NAME - kept.length - 1)}…${kept}`.toWellFormed()
}

/** RFC 6266: the name in ASCII for those who read no other, and as it is. */
export function contentDisposition(how: 'inline' | 'attachment', name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7E]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
