import { describe, expect, test } from 'vitest'
import { durationText, isFromEarlierPage, waitsOf } from './saving-waits.ts'

const waits = { keepMs: 3, linkMs: 0, turnMs: 20, roundTripMs: 30, nodeMs: 12 }

describe('where a change waited', () => {
  test('its parts are in the order of its way, and together all of it', () => {
    const told = waitsOf({ ...waits, linkMs: 500 })
    expect(told.map(({ place, ms }) => [place, ms])).toEqual([
      ['device', 3],
      ['link', 500],
      ['turn', 20],
      ['network', 18],
      ['server', 12],
    ])
    expect(told.reduce((sum, { ms }) => sum + ms, 0)).toBe(3 + 500 + 20 + 30)
  })

  test('a connection that was there is no wait; an older server’s share is not guessed', () => {
    expect(waitsOf(waits).map(({ place }) => place)).toEqual(['device', 'turn', 'network', 'server'])
    const places = waitsOf({ ...waits, nodeMs: undefined }).map(({ place, ms }) => [place, ms])
    expect(places).toEqual([
      ['device', 3],
      ['turn', 20],
      ['away', 30],
    ])
  })

  test('what this browser does not keep was not kept for no time', () => {
    expect(waitsOf({ ...waits, keepMs: undefined }).map(({ place }) => place)).toEqual(['turn', 'network', 'server'])
    expect(isFromEarlierPage({ ...waits, keepMs: undefined })).toBe(false)
    expect(isFromEarlierPage({ ...waits, keepMs: undefined, linkMs: undefined })).toBe(true)
  })
})

test.each([
  [0, 'under 1 ms'],
  [0.4, 'under 1 ms'],
  [1, '1 ms'],
  [999.9, '999 ms'],
  [1_000, '1 sec'],
  [1_290, '1.2 sec'],
  [59_999, '59 sec'],
  [61_000, '1 min'],
  [7_300_000, '2 hr'],
  [200_000_000, '2 days'],
])('%d ms are %s', (ms, words) => {
  expect(durationText(ms, 'en')).toBe(words)
})
