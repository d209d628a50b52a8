/** Colours of text and highlights, by name: how each looks by day and by night is the style sheet's business. Never removed from. */
export const COLOURS = ['grey', 'brown', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'red'] as const

export type Colour = (typeof COLOURS)[number]

/** Whether an attribute, which an update can set to anything, is one of our colours. */
export function isColour(value: unknown): value is Colour {
  return COLOURS.includes(value as Colour)
}

/** Kinds of callouts; what is none of them looks like the first. Never removed from. */
export const CALLOUT_KINDS = ['note', 'tip', 'warning', 'danger'] as const

export type CalloutKind = (typeof CALLOUT_KINDS)[number]

/** The kind that an attribute means. */
export function calloutKind(value: unknown): CalloutKind {
  return CALLOUT_KINDS.includes(value as CalloutKind) ? (value as CalloutKind) : 'note'
}

/** Where the lines of a paragraph or heading stand; `left` is stored as nothing. */
export const ALIGNMENTS = ['center', 'right'] as const

export type Alignment = (typeof ALIGNMENTS)[number]

export function isAlignment(value: unknown): value is Alignment {
  return ALIGNMENTS.includes(value as Alignment)
}
