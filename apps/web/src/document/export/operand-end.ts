/** Signs before which the operand of a sum or an integral ends. */
const ENDS = /^[=<>≤≥≠≈≡∼≅≪≫∝+\-−±∓,;:→⇒⟹⇔↦∈∉⊂⊆∣∥|]$/
const OPENS = /^[([{⟨⌊⌈]$/
const CLOSES = /^[)\]}⟩⌋⌉]$/
/** KaTeX has the signs of divisibility and of what is parallel for bars, which are the same on both sides. */
const BAR = /^[∣∥]$/
/** Operators behind which a term has ended. */
const ENDS_TERM = /^[)\]}⟩⌋⌉!…⋯]$/
const HAS_SCRIPTS = /^m(?:sub|sup|subsup|under|over|underover)$/

/**
 * Where the operand that begins at `start` ends in a row of KaTeX's MathML: the index behind its last element. What is between
 * brackets, or between two bars, stays together; a bar without another ends it.
 */
export function operandEnd(row: readonly Element[], start: number): number {
  const steps = stepsOf(row)
  let depth = 0
  let at = start
  for (; at < row.length; at++) {
    depth += steps[at]!
    // What stands first is the operand's own: a sign before a number.
    const isEnd = depth === 0 && at > start && steps[at] === 0 && ENDS.test(row[at]!.textContent)
    if (depth < 0 || isEnd) break
  }
  return at
}

/** Where the first term ends that begins at `start`: behind its last bar or bracket, if it begins with one, else behind one element. */
export function termEnd(row: readonly Element[], start: number): number {
  const steps = stepsOf(row)
  let depth = 0
  for (let at = start; at < row.length; at++) {
    depth += steps[at]!
    if (depth <= 0) return at + 1
  }
  return start + 1
}

/** Of each element: 1 when it opens what another closes, -1 when it closes, else 0. */
function stepsOf(row: readonly Element[]): number[] {
  const steps = row.map(() => 0)
  /** Bars that may yet be closed, by their indices: a list for each bracket that is open. */
  const bars: number[][] = [[]]
  row.forEach((element, at) => {
    const sign = signOf(element)
    if (OPENS.test(sign)) {
      steps[at] = 1
      bars.push([])
    } else if (CLOSES.test(sign)) {
      steps[at] = -1
      if (bars.length > 1) bars.pop()
    } else if (isBar(element)) {
      const open = bars.at(-1)!
      const last = open.at(-1)
      if (last !== undefined && signOf(row[last]!) === sign && isBehindTerm(row, at, steps)) {
        steps[last] = 1
        steps[at] = -1
        open.pop()
      } else open.push(at)
    }
  })
  return steps
}

/** Whether a term has ended before it: then a bar can close. */
function isBehindTerm(row: readonly Element[], at: number, steps: readonly number[]): boolean {
  const before = row.findLastIndex((element, index) => index < at && element.textContent.trim() !== '')
  const element = row[before]
  if (element === undefined) return false
  if (isBar(element)) return steps[before] === -1
  return baseOf(element).localName !== 'mo' || ENDS_TERM.test(signOf(element))
}

/** What divides is an operator that does not stretch. */
function isBar(element: Element): boolean {
  const base = baseOf(element)
  return BAR.test(base.textContent) && (base.localName === 'mi' || base.hasAttribute('stretchy'))
}

/** Of an operator or a bar; empty for others. */
function signOf(element: Element): string {
  const base = baseOf(element)
  return base.localName === 'mo' || isBar(element) ? base.textContent : ''
}

/** What the limits or powers belong to. */
function baseOf(element: Element): Element {
  return (HAS_SCRIPTS.test(element.localName) ? element.firstElementChild : null) ?? element
}
