/** Signs that hardly anything but Markdown has. A `#` alone may be a comment: a heading has nothing right below it. */
const SURE = [
  /^#{1,6} \S.*\n\s*\n/m,
  /^(?:```|~~~)[\w-]*\n[\s\S]*?^(?:```|~~~)\s*$/m,
  /^\s*[-*+] \[[ xX]\] \S/m,
  /^\|?(?:\s*:?-{3,}:?\s*\|)+\s*:?-*:?\s*$/m,
  /!?\[[^\]\n]+\]\((?:https?:\/\/|\/|#|mailto:)[^)\s]*(?:\s"[^"\n]*")?\)/,
  /(?:^|\s)\*\*[^\s*][^*\n]*\*\*(?=$|[\s.,;:!?)])/m,
  /^> \[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$/m,
  /^\$\$\n[\s\S]+?\n\$\$\s*$/m,
]
const LIST_LINE = /^\s*(?:[-*+]|\d{1,3}[.)]) \S/
/** Lines of code that would be read as something else. */
const CODE =
  /^(?:import |from \S+ import|#include|#!\/|def |class |function |const |let |var |public |private |<\?php|\s*[{}]\s*$)|;\s*$/m

/** Whether plain text is certainly Markdown, so that pasting it may make blocks of it. When in doubt it is text. */
export function looksLikeMarkdown(text: string): boolean {
  const plain = text.replace(/\r\n?/g, '\n')
  const withoutFences = plain.replace(/^(?:```|~~~)[\s\S]*?^(?:```|~~~)\s*$/gm, '')
  if (CODE.test(withoutFences)) return false
  if (SURE.some((sign) => sign.test(plain))) return true
  const lines = plain.split('\n').filter((line) => line.trim() !== '')
  return lines.length >= 2 && lines.every((line) => LIST_LINE.test(line))
}
