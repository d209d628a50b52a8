import { expect, test } from 'vitest'
import { PICTURE_LIMITS, TakenPictures } from './taken-pictures.ts'

function png(bytes: number): Uint8Array {
  const made = new Uint8Array(bytes)
  made.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return made
}

const heads: [string, number[]][] = [
  ['jpeg', [0xff, 0xd8, 0xff, 0xe0]],
  ['gif', [0x47, 0x49, 0x46, 0x38, 0x39, 0x61]],
  ['webp', [0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x45, 0x42, 0x50]],
]

test('what a picture is its bytes say, not its name', () => {
  const pictures = new TakenPictures()
  for (const [kind, head] of heads) pictures.take(`${kind}.emf`, () => Uint8Array.from(head))
  expect(pictures.take('a.png', () => Uint8Array.of(1, 2))).toBeUndefined()
  expect(pictures.files.map(({ type }) => type)).toEqual(['image/jpeg', 'image/gif', 'image/webp'])
  expect(pictures.leftOut()).toEqual(['1 picture that cannot be shown here (PNG)'])
})

test('what is over the limits is counted each time it stands there, and read only once', () => {
  const pictures = new TakenPictures()
  let reads = 0
  const take = (name: string, bytes: number) =>
    pictures.take(name, () => {
      reads += 1
      return png(bytes)
    })
  expect(take('a', PICTURE_LIMITS.bytes - 10)).toBe(0)
  expect(take('b', 11)).toBeUndefined()
  expect(take('b', 11)).toBeUndefined()
  expect(take('c', 10)).toBe(1)
  expect(reads).toBe(3)
  expect(pictures.leftOut()).toEqual(['2 pictures beyond what one file brings (500, and 100 MB)'])
})

test('so are more than a file may bring, and those are not read', () => {
  const pictures = new TakenPictures()
  for (let at = 0; at < PICTURE_LIMITS.count; at++) expect(pictures.take(`${at}`, () => png(8))).toBe(at)
  expect(pictures.take('more', () => expect.unreachable('it is read'))).toBeUndefined()
  expect(pictures.leftOut()).toEqual(['1 picture beyond what one file brings (500, and 100 MB)'])
})
