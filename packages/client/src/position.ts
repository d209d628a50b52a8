import { Caret } from '@tandem/sync'

/**
 * A caret of the wire from what an editor binding has (`{ anchor, head }`, each a Yjs relative position or its JSON).
 * Null: no caret, or one that is not valid; a caret is never worth an error.
 */
export function toCaret(cursor: unknown): Caret {
  if (!isRecord(cursor)) return null
  const caret = Caret.safeParse({ anchor: toPosition(cursor.anchor), head: toPosition(cursor.head) })
  return caret.success ? caret.data : null
}

/** Yjs leaves out of the JSON what is null, and writes any negative `assoc`. */
function toPosition(value: unknown): Record<string, unknown> | undefined {
  if (!isRecord(value)) return undefined
  const { type, tname, item, assoc } = value
  return {
    type: toId(type),
    tname: tname ?? null,
    item: toId(item),
    assoc: typeof assoc === 'number' && assoc < 0 ? -1 : 0,
  }
}

function toId(value: unknown): unknown {
  return isRecord(value) ? { client: value.client, clock: value.clock } : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
