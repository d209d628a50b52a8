/** A rule switched off by changing one place of the shipped code. The simulation must notice every one of them. */
export interface Mutant {
  readonly name: string
  /** The rule of SPEC.md that is switched off. */
  readonly rule: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** Only such stories can notice (SEEDS_OF in scenario.ts). */
  readonly needs?: 'restores' | 'every point' | 'sleeping pages'
  /** Another place of the same file, without which the first would do nothing. */
  readonly also?: { readonly find: string; readonly replace: string }
}
