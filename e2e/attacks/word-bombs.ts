import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { strToU8, zipSync } from 'fflate'
import { documentXml, wordFile, wordParagraph, wordPicture } from './word-file.ts'

const MEGABYTE = 1024 * 1024

/** Files that are small and say, or become, much; each with whether it must be refused. */
export const BOMBS: readonly {
  name: string
  refused: boolean
  make(place: { readonly folder: string }): Promise<Buffer | string> | Buffer
}[] = [
  {
    name: 'zeros',
    refused: true,
    make: () => wordFile('', [], { 'word/media/a.bin': new Uint8Array(150 * MEGABYTE) }),
  },
  { name: 'text of spaces', refused: true, make: () => wordFile(' '.repeat(100 * MEGABYTE)) },
  {
    name: 'nested zips',
    refused: true,
    make: () =>
      Buffer.from(
        zipSync({ 'lib 0.zip': zipSync({ 'book 0.zip': zipSync({ '0.dll': new Uint8Array(20 * MEGABYTE) }) }) }),
      ),
  },
  {
    name: '2,001 parts',
    refused: true,
    make: () =>
      wordFile(
        '',
        [],
        Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`a${index}`, new Uint8Array()])),
      ),
  },
  { name: 'a million parts', refused: true, make: ({ folder }) => aMillionParts(join(folder, 'million.docx')) },
  { name: 'a size that is a lie', refused: true, make: () => lying(wordFile(' '.repeat(30 * MEGABYTE))) },
  { name: 'entities', refused: true, make: () => billionLaughs() },
  {
    name: 'deep text',
    refused: true,
    make: () => wordFile('<w:smartTag>'.repeat(100_000) + '</w:smartTag>'.repeat(100_000)),
  },
  {
    name: 'small elements',
    refused: true,
    make: () => wordFile(Array.from({ length: 1_600_000 }, (_, index) => `<w:p a="${index % 9_973}"/>`).join('')),
  },
  {
    name: 'much text',
    refused: false,
    make: () =>
      wordFile(
        Array.from({ length: 4_000 }, (_, index) =>
          wordParagraph(`A paragraph like any other, the ${index}th of its kind, ${Math.sin(index)}`),
        ).join(''),
      ),
  },
  { name: 'references to outside', refused: false, make: () => outside() },
]

/** 80 MB of names: more than a file may have, and more than can be held in a hand. */
async function aMillionParts(path: string): Promise<string> {
  const out = createWriteStream(path)
  const parts = 1_000_000
  const local = Buffer.from(zipSync({ a: new Uint8Array() }, { level: 0 })).subarray(0, 31)
  for (let index = 0; index < parts; index += 1_000)
    out.write(Buffer.concat(Array.from({ length: 1_000 }, () => local)))
  const central = Buffer.alloc(47)
  central.writeUInt32LE(0x02014b50)
  central.writeUInt16LE(1, 28)
  central.write('a', 46)
  for (let index = 0; index < parts; index += 1_000)
    out.write(Buffer.concat(Array.from({ length: 1_000 }, () => central)))
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(0xffff, 8)
  end.writeUInt16LE(0xffff, 10)
  end.writeUInt32LE(parts * central.length, 12)
  end.writeUInt32LE(parts * local.length, 16)
  out.end(end)
  await finished(out)
  return path
}

/** Every part says that it unpacks to a hundred bytes. */
function lying(zip: Buffer): Buffer {
  const changed = Buffer.from(zip)
  for (let at = 0; at < changed.length - 46; at++) {
    const head = changed.readUInt32LE(at)
    if (head === 0x02014b50) changed.writeUInt32LE(100, at + 24)
  }
  return changed
}

function billionLaughs(): Buffer {
  const entities = Array.from({ length: 30 }, (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`)
  const xml = documentXml('<w:p><w:r><w:t>&a30;</w:t></w:r></w:p>').replace(
    '<w:document',
    `<!DOCTYPE x [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">${entities.join('')}]><w:document`,
  )
  return wordFile('', [], { 'word/document.xml': strToU8(xml) })
}

function outside(): Buffer {
  const targets = [
    'file:///etc/passwd',
    'https://evil.example/a.png',
    'http://169.254.169.254/latest',
    '\\\\evil.example\\share\\a.png',
    '../../../../etc/passwd',
  ]
  const relations = targets.map((target, index) => ({ id: `p${index}`, kind: 'image' as const, target }))
  return wordFile(wordParagraph('Pictures') + relations.map(({ id }) => wordPicture(id)).join(''), [
    ...relations,
    { id: 't', kind: 'attachedTemplate', target: 'https://evil.example/t.dotm' },
    { id: 's', kind: 'subDocument', target: 'https://evil.example/s.docx' },
  ])
}
