/** Names that Windows keeps for devices, whatever follows them. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i
/** In code points; with an extension within what every system takes, also in the longest letters. */
const LONGEST = 60

/**
 * A file name that every system takes, made of a title: no path, no control character, nothing that turns the writing
 * direction (and so hides what kind of file it is) or that a shell or spreadsheet would take for more than a name.
 */
export function fileName(title: string, extension: string): string {
  const plain = Array.from(
    title.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}<>:"/\\|?*%`$]+/gu, ' '),
  )
    .slice(0, LONGEST)
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.=+\-@~]+|[\s.]+$/g, '')
  return `${plain === '' ? 'Untitled' : plain.replace(DEVICES, '$& file')}.${extension}`
}
