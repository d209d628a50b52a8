/** What a person is told of a document that is damaged on the server. `afterMs`: when what can be read ends; 0: nothing can. */
export function damageWords(afterMs: number, locale?: string): string {
  if (afterMs === 0)
    return 'This document is damaged from its beginning: nothing of it can be read on the server. It is read-only until an administrator repairs it.'
  const time = new Date(afterMs).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })
  return `This document is damaged after ${time}. It is read-only until an administrator repairs it.`
}
