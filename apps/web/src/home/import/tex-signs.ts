/** Signs of formulas and the commands that people write for them; all others KaTeX takes as they are. */
const COMMANDS: ReadonlyMap<string, string> = new Map(
  `
    α alpha  β beta  γ gamma  δ delta  ϵ epsilon  ε varepsilon  ζ zeta  η eta  θ theta  ϑ vartheta  ι iota  κ kappa
    λ lambda  μ mu  ν nu  ξ xi  π pi  ϖ varpi  ρ rho  ϱ varrho  σ sigma  ς varsigma  τ tau  υ upsilon  ϕ phi
    φ varphi  χ chi  ψ psi  ω omega  Γ Gamma  Δ Delta  Θ Theta  Λ Lambda  Ξ Xi  Π Pi  Σ Sigma  Υ Upsilon  Φ Phi
    Ψ Psi  Ω Omega  ≤ le  ≥ ge  ≠ ne  ≈ approx  ≡ equiv  ∼ sim  ≅ cong  ≪ ll  ≫ gg  ∝ propto  ± pm  ∓ mp  × times
    ÷ div  ⋅ cdot  · cdot  ∘ circ  ∗ ast  ⊕ oplus  ⊗ otimes  → to  ← leftarrow  ↔ leftrightarrow  ⇒ Rightarrow
    ⇐ Leftarrow  ⇔ Leftrightarrow  ⟹ implies  ⟺ iff  ↦ mapsto  ∞ infty  ∂ partial  ∇ nabla  ∀ forall  ∃ exists
    ¬ neg  ∧ land  ∨ lor  ∈ in  ∉ notin  ∋ ni  ⊂ subset  ⊆ subseteq  ⊃ supset  ⊇ supseteq  ∪ cup  ∩ cap  ∅ emptyset
    ∖ setminus  … ldots  ⋯ cdots  ⋮ vdots  ⋱ ddots  ∣ mid  ∥ parallel  ⊥ perp  ∠ angle  ℏ hbar  ℓ ell  ℜ Re  ℑ Im
    ℵ aleph  ⟨ langle  ⟩ rangle  ⌊ lfloor  ⌋ rfloor  ⌈ lceil  ⌉ rceil  ∑ sum  ∏ prod  ∐ coprod  ∫ int  ∬ iint
    ∭ iiint  ∮ oint  ⋃ bigcup  ⋂ bigcap  ⋁ bigvee  ⋀ bigwedge  ⨁ bigoplus  ⨂ bigotimes  ⨀ bigodot  ⨄ biguplus
    ⨆ bigsqcup
  `
    .trim()
    .split(/\s{2,}/)
    .map((pair) => pair.split(' ') as [string, string]),
)

const SPACES: ReadonlyMap<string, string> = new Map([
  ['\u2003', '\\quad '],
  ['\u2002', '\\enspace '],
  ['\u2005', '\\:'],
  ['\u2004', '\\;'],
  ['\u2009', '\\,'],
  ['\u200a', '\\,'],
  ['\u00a0', '~'],
])

/** Letters, numbers and signs between other commands. */
export function texOf(text: string): string {
  return Array.from(text.normalize('NFC'), texOfSign).join('')
}

export function texOfSign(sign: string): string {
  const space = SPACES.get(sign)
  if (space !== undefined) return space
  const command = COMMANDS.get(sign)
  if (command !== undefined) return `\\${command} `
  if (sign === '\\') return '\\backslash '
  if (/[{}#$%&_]/.test(sign)) return `\\${sign}`
  if (sign === '‖') return '\\|'
  if (sign === '^' || sign === '~') return `\\text{\\${sign}{}}`
  if (sign === '−') return '-'
  if (sign === '′') return "'"
  // Unseen ones, and what would begin a comment or end the line.
  return /[\u2061-\u2064\u200b\p{Cc}]/u.test(sign) ? '' : sign
}

/** Words as they are. */
export function texOfWords(words: string): string {
  return words.replace(/[\\{}#$%&_^~]/g, (sign) => {
    if (sign === '\\') return '\\textbackslash{}'
    return sign === '^' || sign === '~' ? `\\${sign}{}` : `\\${sign}`
  })
}

/** Signs that grow with what is between them, as they stand after \left, \middle and \right. */
export const FENCES: ReadonlyMap<string, string> = new Map([
  ...['(', ')', '[', ']', '/', '|'].map((sign): [string, string] => [sign, sign]),
  ['{', '\\{'],
  ['}', '\\}'],
  ['∣', '|'],
  ['‖', '\\|'],
  ['∥', '\\|'],
  ['⟨', '\\langle '],
  ['<', '\\langle '],
  ['〈', '\\langle '],
  ['⟩', '\\rangle '],
  ['>', '\\rangle '],
  ['〉', '\\rangle '],
  ['⌊', '\\lfloor '],
  ['⌋', '\\rfloor '],
  ['⌈', '\\lceil '],
  ['⌉', '\\rceil '],
  ['\\', '\\backslash '],
  ['↑', '\\uparrow '],
  ['↓', '\\downarrow '],
  ['↕', '\\updownarrow '],
  ['⇑', '\\Uparrow '],
  ['⇓', '\\Downarrow '],
  ['⟮', '\\lgroup '],
  ['⟯', '\\rgroup '],
])
