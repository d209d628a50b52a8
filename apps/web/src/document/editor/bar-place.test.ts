import { describe, expect, test } from 'vitest'
import { BarPlaces, placeOfBar, type Edge, type Span } from './bar-place.ts'

const SEEN: Span = { top: 100, bottom: 800 }
const HIGH_UP: Span = { top: 300, bottom: 320 }

/** Of a bar that is 80 px high. */
const place = (block: Span, caret: Span = HIGH_UP, last?: Edge) =>
  placeOfBar({ block, caret, seen: SEEN, heightPx: 80, gapPx: 6 }, last)

test('below its block, as long as it can be seen there, and out of sight with it', () => {
  expect(place({ top: 200, bottom: 714 })).toEqual({ top: 720 })
  expect(place({ top: -900, bottom: -200 }, HIGH_UP, 'top')).toEqual({ top: -194 })
  expect(place({ top: 800, bottom: 2_000 })).toEqual({ top: 2_006 })
})

describe('of a block that goes further down', () => {
  const TALL: Span = { top: -500, bottom: 2_000 }

  test('it stays in sight, over the block', () => {
    expect(place(TALL)).toEqual({ top: 720, edge: 'bottom' })
    expect(place({ top: 200, bottom: 715 })).toEqual({ top: 720, edge: 'bottom' })
    expect(place({ top: 780, bottom: 2_000 })).toEqual({ top: 780, edge: 'bottom' }) // and over nothing else
  })

  test('it makes room for the caret, and goes back only for that', () => {
    const [low, between, high] = [710, 400, 150].map((top) => ({ top, bottom: top + 20 }))
    expect(place(TALL, low)).toEqual({ top: 100, edge: 'top' })
    expect(place(TALL, between, 'top')).toEqual({ top: 100, edge: 'top' })
    expect(place(TALL, high, 'top')).toEqual({ top: 720, edge: 'bottom' })
    expect(place({ top: 300, bottom: 2_000 }, low)).toEqual({ top: 214, edge: 'top' }) // above the block
  })

  test('where the caret is as high as the window it stays where it is', () => {
    expect(place(TALL, { top: 0, bottom: 900 }, 'top').edge).toBe('top')
    expect(place(TALL, { top: 0, bottom: 900 }).edge).toBe('bottom')
  })

  test('below the block again, it begins anew', () => {
    const places = new BarPlaces()
    const edgeWith = (top: number, block = TALL) =>
      places.next({ block, caret: { top, bottom: top + 20 }, seen: SEEN, heightPx: 80, gapPx: 6 }).edge
    expect([710, 400].map((top) => edgeWith(top))).toEqual(['top', 'top'])
    expect(edgeWith(400, { top: -500, bottom: 500 })).toBeUndefined()
    expect(edgeWith(400)).toBe('bottom')
  })
})
