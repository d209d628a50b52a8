import type { Node } from '@tiptap/pm/model'

export interface Match {
  readonly from: number
  readonly to: number
}

export interface SearchOptions {
  readonly matchCase: boolean
  /** Where to stop: a letter in a long document is found hundreds of thousands of times. */
  readonly limit: number
}

/** Where the words stand, in order, within one line of text each. Formulas, mentions and dates are not looked into. */
export function searchText(doc: Node, words: string, { matchCase, limit }: SearchOptions): Match[] {
  if (words === '') return []
  const pattern = new RegExp(words.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), matchCase ? 'gu' : 'giu')
  const matches: Match[] = []
  doc.descendants((node, at) => {
    if (matches.length >= limit) return false
    if (!node.isTextblock) return true
    const text = node.textBetween(0, node.content.size, null, '\ufffc')
    for (const { index, 0: found } of text.matchAll(pattern)) {
      if (matches.length >= limit) break
      matches.push({ from: at + 1 + index, to: at + 1 + index + found.length })
    }
    return false
  })
  return matches
}
