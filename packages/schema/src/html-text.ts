const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** What HTML forbids or a browser would drop; a lone surrogate would become a sign of its own when it is encoded. */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Noncharacter_Code_Point}|\p{Cs}/gu

/** Text without what neither HTML nor XML may hold. */
export function allowedText(text: string): string {
  return text.replace(FORBIDDEN, '\uFFFD')
}

/** Text as HTML, in an element or between the quotes of an attribute: nothing in it is markup. */
export function escapeHtml(text: string): string {
  return allowedText(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}

export type HtmlAttributes = Readonly<Record<string, string | number | true | undefined>>

/** An element with content that is HTML already. Names are ours, never a document's; `true` is an attribute without a value. */
export function element(name: string, attributes: HtmlAttributes, content: string): string {
  return `${openTag(name, attributes)}${content}</${name}>`
}

export function openTag(name: string, attributes: HtmlAttributes = {}): string {
  const written = Object.entries(attributes).map(([attribute, value]) => {
    if (value === undefined) return ''
    return value === true ? ` ${attribute}` : ` ${attribute}="${escapeHtml(String(value))}"`
  })
  return `<${name}${written.join('')}>`
}
