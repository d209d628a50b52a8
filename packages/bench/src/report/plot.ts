/** Bars as SVG, by hand: a chart library would be the largest dependency of the repository. */
const [BAR_HEIGHT, GAP, GROUP_GAP, LEFT, WIDTH, TOP] = [14, 3, 14, 170, 720, 58]
const COLORS = ['#4c78a8', '#f58518', '#e45756']
/** For the numbers behind the bars. */
const RIGHT = 80

export interface Bars {
  readonly title: string
  /** One colour each. */
  readonly series: readonly string[]
  readonly groups: readonly { readonly label: string; readonly values: readonly number[] }[]
  readonly unit: string
}

/** Values may lie orders of magnitude apart: with `isLogarithmic`, so do the bars' ends. */
export function barsSvg({ title, series, groups, unit }: Bars, isLogarithmic: boolean): string {
  const values = groups.flatMap((group) => group.values).filter((value) => Number.isFinite(value) && value > 0)
  const [least, most] = [Math.min(...values) / 2, Math.max(...values)]
  const share = (value: number): number =>
    isLogarithmic ? Math.log(value / least) / Math.log(most / least) : value / most
  const groupHeight = series.length * (BAR_HEIGHT + GAP) + GROUP_GAP
  const height = TOP + groups.length * groupHeight
  const parts = groups.flatMap((group, place) => {
    const top = TOP + place * groupHeight
    const middle = top + (series.length * (BAR_HEIGHT + GAP)) / 2 + 3
    return [
      text(LEFT - 8, middle, group.label, 'end'),
      ...group.values.flatMap((value, index) => {
        const y = top + index * (BAR_HEIGHT + GAP)
        if (!(value > 0)) return [text(LEFT + 4, y + 11, '-')]
        const width = Math.max(1, share(value) * (WIDTH - LEFT - RIGHT))
        return [
          `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" fill="${COLORS[index] ?? '#888'}"/>`,
          text(LEFT + width + 4, y + 11, value < 10 ? value.toFixed(2) : value.toFixed(0)),
        ]
      }),
    ]
  })
  const legend = series.flatMap((name, index) => [
    `<rect x="${LEFT + index * 110}" y="32" width="10" height="10" fill="${COLORS[index] ?? '#888'}"/>`,
    text(LEFT + index * 110 + 14, 41, name),
  ])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(LEFT, 20, `${title} (${unit}${isLogarithmic ? ', logarithmic' : ''})`),
    ...(series.length > 1 ? legend : []),
    ...parts,
    '</svg>\n',
  ].join('\n')
}

/** Words at a place, safe in XML. */
export function text(x: number, y: number, words: string, anchor = 'start'): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('`', '')
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#222222">${safe}</text>`
}
