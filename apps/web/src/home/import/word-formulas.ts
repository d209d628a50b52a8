import { DOMParser } from '@xmldom/xmldom'
import { LONGEST_FORMULA } from '@tandem/schema'
import { ommlToTex } from './omml-to-tex.ts'

const MATH =
  /^http:\/\/(?:schemas\.openxmlformats\.org\/officeDocument\/2006|purl\.oclc\.org\/ooxml\/officeDocument)\/math$/
const WORDS = /^http:\/\/(?:schemas\.openxmlformats\.org|purl\.oclc\.org\/ooxml)\/wordprocessingml(?:\/2006)?\/main$/

/** Runs whose text is a formula's TeX, by their style's id: in a line, and on lines of its own. */
export const FORMULA_STYLES = { inline: 'TandemFormula', block: 'TandemFormulaBlock' } as const

/**
 * A part of a Word file in which a run with its TeX stands in place of each formula, in a style of FORMULA_STYLES: mammoth, which
 * reads the part afterwards, would pass over formulas. Of those that cannot be read it says how many.
 */
export function withTex(part: Uint8Array): { readonly part: Uint8Array; readonly unread: number } {
  try {
    const xml = new TextDecoder('utf-8', { fatal: true }).decode(part)
    if (!xml.includes('oMath')) return { part, unread: 0 }
    const written = texInPlace(xml)
    const unread = [...written.matchAll(/<(?:[\w.-]+:)?oMath(?=[\s>])/g)].length
    return { part: new TextEncoder().encode(written), unread }
  } catch {
    return { part, unread: 0 } // another encoding: mammoth will say what it can read of it
  }
}

function texInPlace(xml: string): string {
  const [m, w] = [prefixOf(xml, MATH), prefixOf(xml, WORDS)]
  if (m === undefined || w === undefined) return xml
  const start = new RegExp(`<${m}:oMath(Para)?(?=[\\s>])[^>]*(?<!/)>`, 'g')
  let [written, from] = ['', 0]
  for (let found = start.exec(xml); found !== null; found = start.exec(xml)) {
    const end = `</${m}:oMath${found[1] ?? ''}>`
    const at = xml.indexOf(end, start.lastIndex)
    if (at < 0) break
    const display = found[1] !== undefined
    const tex = texIn(xml.slice(found.index, at + end.length), { m, w, display })
    start.lastIndex = at + end.length
    if (tex === undefined) continue
    written += xml.slice(from, found.index) + runOf(tex, { w, display })
    from = start.lastIndex
  }
  return written + xml.slice(from)
}

/** Undefined: it cannot be read, or is too long to be a formula of ours. */
function texIn(
  formula: string,
  { m, w, display }: { readonly m: string; readonly w: string; readonly display: boolean },
): string | undefined {
  try {
    const parser = new DOMParser({ errorHandler: { warning: () => undefined, error: fail, fatalError: fail } })
    const root = parser.parseFromString(`<x xmlns:${m}="m" xmlns:${w}="w">${formula}</x>`, 'text/xml').documentElement
    const written = Array.from(root.getElementsByTagNameNS('*', 'oMath'))
    const isAlone = written.length === 1
    const lines = written.map((line) => ommlToTex(line, { display, isAlone })).filter((line) => line !== '')
    const tex = lines.length > 1 ? `\\begin{gathered}${lines.join(' \\\\ ')}\\end{gathered}` : (lines[0] ?? '')
    const isLost = tex === '' && ((root.textContent ?? '').trim() !== '' || formula.includes(`<${w}:sym`))
    return isLost || tex.length > LONGEST_FORMULA ? undefined : tex
  } catch {
    return undefined
  }
}

function fail(message: string): never {
  throw new Error(message)
}

function runOf(tex: string, { w, display }: { readonly w: string; readonly display: boolean }): string {
  if (tex === '') return ''
  const style = display ? FORMULA_STYLES.block : FORMULA_STYLES.inline
  const text = tex.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return `<${w}:r><${w}:rPr><${w}:rStyle ${w}:val="${style}"/></${w}:rPr><${w}:t xml:space="preserve">${text}</${w}:t></${w}:r>`
}

function prefixOf(xml: string, namespace: RegExp): string | undefined {
  for (const [, prefix, uri] of xml.matchAll(/\bxmlns:([a-z]\w*)\s*=\s*["']([^"']*)["']/gi))
    if (namespace.test(uri ?? '')) return prefix
  return undefined
}
