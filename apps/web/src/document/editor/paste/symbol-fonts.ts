type SymbolFont = 'symbol' | 'wingdings'

const GREEK = {
  abcdefghijklmnopqrstuvwxyz: 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ',
  ABCDEFGHIJKLMNOPQRSTUVWXYZ: 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ',
  '"$\'@\\^£¥«¬\u00ad®¯°±²³´µ¶·¸¹º»¼ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÕÖ×ØÙÚÛÜÝÞßáåñòÒÓÔ':
    '∀∃∋≅∴⊥≤∞↔←↑→↓°±″≥×∝∂•÷≠≡≈…ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇∏√⋅¬∧∨⇔⇐⇑⇒⇓⟨∑⟩∫®©™',
}
const DINGBATS = {
  'àßáâãäåæçèéêïðñòóôûüýþ¨oqnl§vØJKLFEGHIAC*()"#': '→←↑↓↖↗↙↘⬅➡⬆⬇⇦⇨⇧⇩↔↕✗✓☒☑☐□❑■●▪❖➢🙂😐☹☞☜☝☟✋✌👍✉☎✆✂✁',
}

const FONTS: Readonly<Record<SymbolFont, ReadonlyMap<string, string>>> = {
  symbol: signsOf(GREEK),
  wingdings: signsOf(DINGBATS),
}

/** Of a list of fonts, by the first. Fonts that look like letters are none. */
export function symbolFontOf(family: string): SymbolFont | undefined {
  const [, name] = /^\s*["']?(symbol|wingdings)["']?\s*(?:,|$)/i.exec(family.trim()) ?? []
  return name === undefined ? undefined : (name.toLowerCase() as SymbolFont)
}

/** What the font draws for these letters; where that is not known, they stay. */
export function lettersOf(font: SymbolFont, text: string): string {
  // Some programs move them to where Unicode leaves room.
  return Array.from(text, (sign) => {
    const code = sign.codePointAt(0) ?? 0
    const letter = code >= 0xf020 && code <= 0xf0ff ? String.fromCodePoint(code - 0xf000) : sign
    return FONTS[font].get(letter) ?? sign
  }).join('')
}

function signsOf(groups: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(groups).flatMap(([letters, signs]) => {
      const drawn = Array.from(signs)
      return Array.from(letters, (letter, index): [string, string] => [letter, drawn[index] ?? letter])
    }),
  )
}
