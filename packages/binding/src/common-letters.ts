import type { Fragment, Node } from '@tiptap/pm/model'
import type { ChangedRange } from './inline-diff.ts'

/** Up to so many pairs of letters are compared with each other. */
const COMPARED_PAIRS = 40_000

interface Letter {
  readonly text: string
  readonly node: Node
}

/**
 * The range without the letters that both sides have, in order and in the same marks. For changes of which nothing more is known, such as
 * what came while an input method composed. A range too large to compare all letters with all is left as it is.
 */
export function withoutCommon(range: ChangedRange, before: Fragment, after: Fragment): ChangedRange[] {
  const [old, now] = [
    lettersOf(before.cut(range.from, range.toBefore)),
    lettersOf(after.cut(range.start, range.toAfter)),
  ]
  if (old === undefined || now === undefined || old.length * now.length > COMPARED_PAIRS) return [range]
  const width = now.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = isSame(old[i]!, now[j]!)
        ? lengths[(i + 1) * width + j + 1]! + 1
        : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)

  const ranges: ChangedRange[] = []
  let [i, j, from, start] = [0, 0, 0, 0]
  const close = () => {
    if (i > from || j > start)
      ranges.push({
        from: range.from + from,
        toBefore: range.from + i,
        start: range.start + start,
        toAfter: range.start + j,
      })
  }
  while (i < old.length && j < now.length) {
    if (isSame(old[i]!, now[j]!)) {
      close()
      i += 1
      j += 1
      ;[from, start] = [i, j]
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1
    else j += 1
  }
  ;[i, j] = [old.length, now.length]
  close()
  return ranges
}

/** Undefined with characters of two units, whose halves must stay together, and with nodes that are larger than a letter. */
function lettersOf(content: Fragment): Letter[] | undefined {
  const letters: Letter[] = []
  for (const node of content.content) {
    if (!node.isText && node.nodeSize !== 1) return undefined
    for (const text of node.isText ? node.text!.split('') : [' ']) letters.push({ text, node })
  }
  return letters.some(({ text }) => /[\uD800-\uDFFF]/.test(text)) ? undefined : letters
}

function isSame(one: Letter, other: Letter): boolean {
  if (one.node.isText !== other.node.isText) return false
  return one.node.isText ? one.text === other.text && one.node.sameMarkup(other.node) : one.node.eq(other.node)
}
