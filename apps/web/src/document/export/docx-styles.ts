import { COLOURS, type CalloutKind, type Colour } from '@tandem/schema'
import { AlignmentType, LevelFormat, LineRuleType, ShadingType, type ILevelsOptions, type IStylesOptions } from 'docx'

/** Names of styles, by which Word shows them and by which an import finds our blocks again (home/import/word-styles.ts). */
export const STYLE = {
  caption: 'Caption',
  code: 'Code',
  codeStart: 'Code Start',
  codeText: 'Code Text',
  formula: 'Formula',
  formulaBlock: 'Formula Block',
  quote: 'Quote',
  toggle: 'Toggle',
  toggleText: 'Toggle Text',
} as const

/** On paper. Letters and, behind them, highlights. */
const LETTERS: Readonly<Record<Colour, string>> = {
  grey: '5F666D',
  brown: '7B4F2E',
  orange: 'A8500F',
  yellow: '7F6000',
  green: '1E6B45',
  blue: '1F5FA8',
  purple: '7A3FA8',
  pink: 'A8327A',
  red: 'B3302A',
}
const WASHES: Readonly<Record<Colour, string>> = {
  grey: 'E4E6E8',
  brown: 'F0E4DA',
  orange: 'FCE3CC',
  yellow: 'FBEFA6',
  green: 'D4F0DE',
  blue: 'D8E8FB',
  purple: 'EADDF8',
  pink: 'FADDED',
  red: 'FBDCD8',
}
export const PAPER_GREY = 'F3F3F0'
const LINE_GREY = 'C4C6C8'

interface Look {
  readonly fill: string
  readonly bar: string
}

export const CALLOUT_LOOKS: Readonly<Record<CalloutKind, Look>> = {
  note: { fill: 'EDF4FC', bar: '5B94D6' },
  tip: { fill: 'EAF7EF', bar: '4CA878' },
  warning: { fill: 'FCF6DD', bar: 'D1A92B' },
  danger: { fill: 'FCECEA', bar: 'D2625B' },
}
export const QUOTE_LOOK: Look = { fill: 'auto', bar: LINE_GREY }

export function calloutStyle(kind: CalloutKind): string {
  return `Callout ${kind}`
}

/** Without a colour: the usual one. */
export function highlightStyle(colour: Colour | undefined): string {
  return colour === undefined ? 'Highlight' : `Highlight ${colour}`
}

export function colourStyle(colour: Colour): string {
  return `Colour ${colour}`
}

export function washOf(colour: Colour | undefined): string {
  return WASHES[colour ?? 'yellow']
}

export function lettersOf(colour: Colour): string {
  return LETTERS[colour]
}

/** A bar on the left and a wash behind, of a paragraph. */
export function boxed({ fill, bar }: Look) {
  const border = { left: { style: 'single', size: 18, space: 8, color: bar } } as const
  return fill === 'auto' ? { border } : { border, shading: { type: ShadingType.CLEAR, fill } }
}

const CODE_FONT = 'Consolas'
const MATH_FONT = 'Cambria Math'
/** Half points. */
const CODE_SIZE = 19

function paragraphStyle(name: string, parts: object) {
  return { id: name.replaceAll(' ', ''), name, basedOn: 'Normal', quickFormat: true, ...parts }
}

const characterStyle = (name: string, run: object) => ({ id: `${name.replaceAll(' ', '')}Char`, name, run })

/** The id that a run names a style by. */
export function runStyleId(name: string): string {
  return `${name.replaceAll(' ', '')}Char`
}

/** The id that a paragraph names a style by. */
export function paragraphStyleId(name: string): string {
  return name.replaceAll(' ', '')
}

/** Twips. */
const heading = (size: number, before: number) => ({
  run: { size, bold: true, color: '20262C' },
  paragraph: { spacing: { before, after: 120 }, keepNext: true },
})

export const DOCUMENT_STYLES: IStylesOptions = {
  default: {
    document: {
      run: { font: 'Calibri', size: 22, color: '20262C' },
      // LibreOffice takes a height without a rule for an exact one, which cuts formulas and pictures off.
      paragraph: { spacing: { after: 140, line: 288, lineRule: LineRuleType.AUTO } },
    },
    title: { run: { size: 44, bold: true }, paragraph: { spacing: { after: 280 } } },
    heading1: heading(34, 400),
    heading2: heading(28, 340),
    heading3: heading(24, 280),
    hyperlink: { run: { color: '12666B', underline: { type: 'single' } } },
  },
  paragraphStyles: [
    paragraphStyle(STYLE.quote, {
      paragraph: { indent: { left: 260 }, ...boxed(QUOTE_LOOK) },
      run: { color: '56606A' },
    }),
    ...[STYLE.code, STYLE.codeStart].map((name) =>
      paragraphStyle(name, {
        run: { font: CODE_FONT, size: CODE_SIZE },
        paragraph: {
          spacing: { after: 0, line: 252, lineRule: LineRuleType.AUTO },
          shading: { type: ShadingType.CLEAR, fill: PAPER_GREY },
        },
      }),
    ),
    paragraphStyle(STYLE.formulaBlock, {
      run: { font: MATH_FONT },
      paragraph: { alignment: AlignmentType.CENTER, spacing: { before: 120, after: 200 } },
    }),
    paragraphStyle(STYLE.caption, { run: { size: 19, color: '56606A' } }),
    paragraphStyle(STYLE.toggle, { run: { bold: true }, paragraph: { keepNext: true } }),
    paragraphStyle(STYLE.toggleText, { paragraph: { indent: { left: 280 } } }),
    ...(Object.keys(CALLOUT_LOOKS) as CalloutKind[]).map((kind) =>
      paragraphStyle(calloutStyle(kind), { paragraph: { indent: { left: 260 }, ...boxed(CALLOUT_LOOKS[kind]) } }),
    ),
    ...[1, 2, 3].map((level) => paragraphStyle(taskStyle(level), { paragraph: { spacing: { after: 60 } } })),
  ],
  characterStyles: [
    characterStyle(STYLE.codeText, { font: CODE_FONT, size: CODE_SIZE }),
    characterStyle(STYLE.formula, { font: MATH_FONT }),
    ...COLOURS.map((colour) => characterStyle(colourStyle(colour), { color: LETTERS[colour] })),
    ...[undefined, ...COLOURS].map((colour) =>
      characterStyle(highlightStyle(colour), { shading: { type: ShadingType.CLEAR, fill: washOf(colour) } }),
    ),
  ],
}

/** Of tasks by how deep they are nested, from 1 to 3. */
export function taskStyle(level: number): string {
  return level <= 1 ? 'Task' : `Task ${Math.min(3, level)}`
}

export const BULLETS = 'bullets'
/** Word has no deeper lists. */
export const DEEPEST_LEVEL = 8
/** Twips that a level is moved in. */
export const LEVEL_INDENT = 400

function levels(level: (index: number) => Pick<ILevelsOptions, 'format' | 'text' | 'start'>): ILevelsOptions[] {
  return Array.from({ length: DEEPEST_LEVEL + 1 }, (_, index) => ({
    level: index,
    alignment: AlignmentType.LEFT,
    style: { paragraph: { indent: { left: LEVEL_INDENT * (index + 1), hanging: 320 }, spacing: { after: 60 } } },
    ...level(index),
  }))
}

export const BULLET_LEVELS = levels((index) => ({ format: LevelFormat.BULLET, text: index % 2 === 0 ? '•' : '◦' }))

/** Numbers, of which the list's own level starts at `start`. */
export function numberLevels(start: number): ILevelsOptions[] {
  const formats = [LevelFormat.DECIMAL, LevelFormat.LOWER_LETTER, LevelFormat.LOWER_ROMAN]
  return levels((index) => ({ format: formats[index % 3] ?? LevelFormat.DECIMAL, text: `%${index + 1}.`, start }))
}
