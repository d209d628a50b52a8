/** As the server counts them: what a reader takes for one character. */
export const PERSON_NAME_GRAPHEMES = 64

export type NameCheck = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: string }

/** Tidies a name as it was typed; refuses one that nobody could read. */
export function checkPersonName(typed: string): NameCheck {
  // Controls and direction overrides would let a name garble the lists it appears in.
  const name = typed
    .replace(/[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(name))
    return { ok: false, reason: 'A name needs at least one letter.' }
  if ([...new Intl.Segmenter().segment(name)].length > PERSON_NAME_GRAPHEMES)
    return { ok: false, reason: `A name has at most ${PERSON_NAME_GRAPHEMES} characters.` }
  return { ok: true, name }
}
