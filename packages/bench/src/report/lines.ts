import { text } from './plot.ts'

const [LEFT, TOP, WIDTH, HEIGHT, RIGHT, BOTTOM] = [60, 40, 720, 320, 170, 40]
const COLORS = ['#4c78a8', '#9ecae9', '#e45756', '#f58518', '#54a24b', '#b279a2']

export interface Lines {
  readonly title: string
  /** Where along the x axis each value stands; ascending. */
  readonly at: readonly number[]
  readonly lines: readonly { readonly label: string; readonly values: readonly number[] }[]
}

/** Lines over a logarithmic scale; what was not measured, or is not above 0, is left out. */
export function linesSvg({ title, at, lines }: Lines): string {
  const values = lines.flatMap((line) => line.values).filter(isDrawn)
  const [least, most] = [
    10 ** Math.floor(Math.log10(Math.min(...values))),
    10 ** Math.ceil(Math.log10(Math.max(...values))),
  ]
  const [right, bottom] = [WIDTH - RIGHT, HEIGHT - BOTTOM]
  const x = (index: number): number => LEFT + (index / Math.max(1, at.length - 1)) * (right - LEFT)
  const y = (value: number): number => bottom - (Math.log(value / least) / Math.log(most / least)) * (bottom - TOP)
  const decades = Array.from({ length: Math.round(Math.log10(most / least)) + 1 }, (_, index) => least * 10 ** index)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 20, title),
    ...decades.flatMap((value) => [
      `<line x1="${LEFT}" x2="${right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#dddddd"/>`,
      text(LEFT - 6, y(value) + 4, String(value), 'end'),
    ]),
    ...at.map((load, index) => text(x(index), bottom + 18, String(load), 'middle')),
    ...lines.flatMap((line, place) => {
      const color = COLORS[place % COLORS.length] ?? '#888888'
      const points = line.values.flatMap((value, index) =>
        isDrawn(value) ? [`${x(index).toFixed(1)},${y(value).toFixed(1)}`] : [],
      )
      const legendY = TOP + 10 + place * 18
      return [
        `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`,
        `<rect x="${right + 14}" y="${legendY - 9}" width="10" height="10" fill="${color}"/>`,
        text(right + 30, legendY, line.label),
      ]
    }),
    '</svg>\n',
  ].join('\n')
}

function isDrawn(value: number): boolean {
  return Number.isFinite(value) && value > 0
}
