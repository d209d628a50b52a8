import type { Node } from '@tiptap/pm/model'

export interface Heading {
  readonly at: number
  readonly level: number
  readonly text: string
}

/** More would be a second document. */
const MOST_HEADINGS = 300

/** The headings that have words, in order, wherever they stand. */
export function headingsOf(doc: Node): Heading[] {
  const headings: Heading[] = []
  doc.descendants((node, at) => {
    if (headings.length >= MOST_HEADINGS) return false
    if (node.type.name === 'heading' && node.textContent.trim() !== '') {
      headings.push({ at, level: Number(node.attrs['level']) || 1, text: node.textContent.trim() })
    }
    return !node.isTextblock && node.type.name !== 'table'
  })
  return headings
}

/** Words as people count them: runs of letters and digits; each sign of Chinese and Japanese is one. */
export function countWords(text: string): number {
  const words = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu
  let count = 0
  for (const _ of text.matchAll(words)) count++
  return count
}
