import type * as Y from 'yjs'

/** The words of a text, without its marks. */
export function saidBy(text: Y.XmlText): string {
  const runs = text.toDelta() as { insert: unknown }[]
  return runs.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('')
}
