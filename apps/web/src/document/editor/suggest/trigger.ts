import type { EditorState } from '@tiptap/pm/state'

/** What typing one of these signs offers: blocks, people and documents, emoji. */
export type SuggestKind = 'slash' | 'mention' | 'emoji'

/** A sign and the words behind it, up to the caret. */
export interface Trigger {
  readonly kind: SuggestKind
  readonly query: string
  /** Positions of the sign and of the caret. */
  readonly from: number
  readonly to: number
}

const LONGEST = 40
/** At the start of a line or after a space; what follows does not begin with one, so that "and / or" is no menu. */
const TRIGGERS: readonly { kind: SuggestKind; pattern: RegExp }[] = [
  { kind: 'slash', pattern: /(?:^|[\s\ufffc])\/([\p{L}\p{N}][\p{L}\p{N} -]*)?$/u },
  { kind: 'mention', pattern: /(?:^|[\s\ufffc(])@([\p{L}\p{N}][\p{L}\p{N} ._-]*)?$/u },
  { kind: 'emoji', pattern: /(?:^|[\s\ufffc(]):([a-z+-][a-z0-9_+-]*)?$/i },
]

/** What is being asked for at the caret. Nothing in code, where these signs are code. */
export function triggerAt({ selection }: EditorState): Trigger | undefined {
  const { $from, empty } = selection
  if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) return undefined
  if ($from.marks().some(({ type }) => type.name === 'code')) return undefined
  const text = $from.parent.textBetween(Math.max(0, $from.parentOffset - LONGEST), $from.parentOffset, null, '\ufffc')
  for (const { kind, pattern } of TRIGGERS) {
    const match = pattern.exec(text)
    if (match === null) continue
    const query = match[1] ?? ''
    return { kind, query, from: $from.pos - query.length - 1, to: $from.pos }
  }
  return undefined
}
