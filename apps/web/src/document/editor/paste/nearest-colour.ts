import type { Colour } from '@tandem/schema'

/** Hues in degrees, from which on a colour is called so. */
const HUES: readonly (readonly [from: number, name: Colour])[] = [
  [0, 'red'],
  [16, 'orange'],
  [42, 'yellow'],
  [75, 'green'],
  [170, 'blue'],
  [250, 'purple'],
  [295, 'pink'],
  [345, 'red'],
]
/** Of backgrounds, which are pale. */
const LEAST_CHROMA = 0.08

/**
 * The colour of the palette nearest to what a style says (`rgb(255, 242, 204)`, `#ff0`); undefined for none, white and black. What has less
 * colour than `leastColour`, of 1, is a grey.
 */
export function hueOf(style: string, leastColour = LEAST_CHROMA): Colour | undefined {
  const [red, green, blue, alpha = 1] = channelsOf(style) ?? []
  if (red === undefined || green === undefined || blue === undefined || alpha < 0.1) return undefined
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)]
  if (most - least < leastColour) return most > 0.97 || most < 0.15 ? undefined : 'grey'
  const sector =
    most === red
      ? ((green - blue) / (most - least)) % 6
      : most === green
        ? (blue - red) / (most - least) + 2
        : (red - green) / (most - least) + 4
  const hue = (sector * 60 + 360) % 360
  return HUES.findLast(([from]) => hue >= from)?.[1]
}

/** Red, green and blue from 0 to 1, and what covers. */
function channelsOf(style: string): number[] | undefined {
  const [, function_] = /^rgba?\(([^)]+)\)$/i.exec(style.trim()) ?? []
  if (function_ !== undefined) {
    const parts = function_.split(/[\s,/]+/).map(Number)
    return parts.some(Number.isNaN) ? undefined : parts.map((part, index) => (index < 3 ? part / 255 : part))
  }
  const [, hex] = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(style.trim()) ?? []
  if (hex === undefined) return NAMED[style.trim().toLowerCase()]
  const digits = hex.length === 3 ? hex.split('').map((digit) => digit + digit) : (hex.match(/../g) ?? [])
  return digits.map((pair) => Number.parseInt(pair, 16) / 255)
}

/** Word's highlights have names. */
const NAMED: Readonly<Record<string, number[]>> = {
  yellow: [1, 1, 0],
  lime: [0, 1, 0],
  aqua: [0, 1, 1],
  cyan: [0, 1, 1],
  fuchsia: [1, 0, 1],
  magenta: [1, 0, 1],
  blue: [0, 0, 1],
  red: [1, 0, 0],
  green: [0, 0.5, 0],
  silver: [0.75, 0.75, 0.75],
  lightgrey: [0.83, 0.83, 0.83],
  gray: [0.5, 0.5, 0.5],
}
