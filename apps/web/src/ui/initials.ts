let segmenter: Intl.Segmenter | undefined

/** One or two letters for an avatar: of the first and the last word, whole graphemes, never empty. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words
  const letters = picked.map((word = '') => firstLetter(word)).join('')
  return letters.toLocaleUpperCase() || '?'
}

/** Without a segmenter where there is nothing to segment: making one takes 13 ms, and a page's first frame has an avatar. */
function firstLetter(word: string): string {
  if (/^[\x20-\x7e]*$/.test(word)) return word.slice(0, 1)
  segmenter ??= new Intl.Segmenter()
  return segmenter.segment(word).containing(0)?.segment ?? ''
}

/** Black or white, whichever is easier to read on a `#rrggbb` (WCAG relative luminance). */
export function inkOn(color: string): string {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  return luminance > 0.179 ? '#14181b' : '#ffffff'
}
