import { expect, test } from 'vitest'
import { releasedAtEnd } from './released-at-end.ts'

async function* numbers(fail = false): AsyncGenerator<number, void, undefined> {
  yield 1
  if (fail) throw new Error('broken')
  yield 2
}

function counted(fail = false) {
  let releases = 0
  const values = releasedAtEnd(numbers(fail), () => (releases += 1)) as AsyncGenerator<number, void, undefined>
  return { values, releases: () => releases }
}

test('the values are the same, and the end releases', async () => {
  const { values, releases } = counted()
  const seen: number[] = []
  for await (const value of values) seen.push(value)
  expect([seen, releases()]).toEqual([[1, 2], 1])
})

test('a failure releases', async () => {
  const { values, releases } = counted(true)
  await values.next()
  await expect(values.next()).rejects.toThrow('broken')
  expect(releases()).toBe(1)
})

test('giving up releases, also before the first value was asked for', async () => {
  const { values, releases } = counted()
  await values.return()
  expect(releases()).toBe(1)
})

test('what is no stream releases at once', () => {
  let releases = 0
  expect(releasedAtEnd('text', () => (releases += 1))).toBe('text')
  expect(releases).toBe(1)
})
