import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate'
import { expect, test } from 'vitest'
import { DOCX_LIMITS, RefusedFile, boundedDocx, partOf } from './bounded-docx.ts'

const WORD: Zippable = {
  '[Content_Types].xml': strToU8('<Types/>'),
  'word/document.xml': strToU8('<w:document/>'),
  'word/media/image1.png': strToU8('picture'),
}

test('what says the text comes out as it was, for a picture its name, and packed no more', () => {
  const zip = zipSync(WORD)
  const { zip: parts } = boundedDocx(zip)
  const read = unzipSync(parts)
  expect(Object.keys(read)).toEqual(['[Content_Types].xml', 'word/document.xml', 'word/media/image1.png'])
  expect(strFromU8(read['word/media/image1.png'] ?? new Uint8Array())).toBe('word/media/image1.png')
  expect(strFromU8(partOf(zip, 'word/media/image1.png') ?? new Uint8Array())).toBe('picture')
  expect(partOf(zip, 'word/media/image2.png')).toBeUndefined()
  expect(strFromU8(read['word/document.xml'] ?? new Uint8Array())).toBe('<w:document/>')
  expect(strFromU8(parts, true)).toContain('<w:document/>')
})

const noise = (bytes: number) => Uint8Array.from({ length: bytes }, (_, index) => (index * 2_654_435_761) >>> 13)

test.each([
  [
    'too many parts',
    () =>
      zipSync({
        ...WORD,
        ...Object.fromEntries(
          Array.from({ length: DOCX_LIMITS.entries }, (_, index) => [`a${index}`, new Uint8Array(1)]),
        ),
      }),
  ],
  [
    'a part that unpacks to more than a hundred times its size',
    () => zipSync({ ...WORD, 'word/media/a.bin': new Uint8Array(1024 * 1024) }),
  ],
  [
    'more elements than can be held',
    () =>
      zipSync(
        { ...WORD, 'word/document.xml': strToU8('<w:p a="0123456789"/>'.repeat(DOCX_LIMITS.tags + 1)) },
        { level: 0 },
      ),
  ],
  ['no zip', () => noise(10_000)],
  ['nothing', () => new Uint8Array()],
  [
    'the older format, or a password',
    () => Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...noise(1_000)]),
  ],
  ['a zip that is no Word file', () => zipSync({ 'a.txt': strToU8('a') })],
  ['a file cut off', () => zipSync(WORD).subarray(0, 200)],
])('%s is refused in words', (_, make) => {
  const bytes = make()
  expect(() => boundedDocx(bytes)).toThrow(RefusedFile)
})

test('more than a browser has, by what the zip says of itself, is refused before any of it is unpacked', () => {
  const zip = zipSync({ ...WORD, 'a.bin': strToU8('x') }, { level: 0 })
  expect(() =>
    boundedDocx(saying(zip, 'a.bin', { size: DOCX_LIMITS.totalBytes, packed: DOCX_LIMITS.totalBytes / 50 })),
  ).toThrow(/MB unpacked/)
  expect(() =>
    boundedDocx(
      saying(zip, 'word/document.xml', { size: DOCX_LIMITS.xmlBytes + 1, packed: DOCX_LIMITS.xmlBytes / 50 }),
    ),
  ).toThrow(/text and styles/)
})

test('a part that lies about its size becomes no larger than it said', () => {
  const zip = zipSync({ ...WORD, 'word/document.xml': strToU8(`<w:document>${'x'.repeat(30_000)}</w:document>`) })
  const lying = saying(zip, 'word/document.xml', { size: 100 })
  expect(unzipSync(boundedDocx(lying).zip)['word/document.xml']?.length).toBe(100)
})

/** The zip with another size in its list for one part. */
function saying(zip: Uint8Array, name: string, { size, packed }: { size: number; packed?: number }): Uint8Array {
  const changed = zip.slice()
  const view = new DataView(changed.buffer)
  for (let at = 0; at < changed.length - 46; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue
    const said = strFromU8(changed.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)))
    if (said !== name) continue
    view.setUint32(at + 24, size, true)
    if (packed !== undefined) view.setUint32(at + 20, packed, true)
  }
  return changed
}
