import { Document, ExternalHyperlink, ImageRun, Packer, Paragraph, TextRun } from 'docx'
import { unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { docxToHtml } from './docx-to-html.ts'

const png = (...rest: number[]) => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...rest)
const picture = (data: Uint8Array, name: string, type: 'png' | 'bmp' = 'png') =>
  new ImageRun({
    type,
    data,
    transformation: { width: 9, height: 9 },
    altText: { name, title: name, description: name },
  })

async function wordFile(children: Paragraph[]): Promise<Uint8Array> {
  return new Uint8Array(await Packer.toArrayBuffer(new Document({ sections: [{ children }] })))
}

test('pictures come out as they are, with their words, in the order of the text, and each once', async () => {
  const file = await wordFile([
    new Paragraph({ children: [new TextRun('first '), picture(png(1), 'a quay')] }),
    new Paragraph({ children: [picture(png(2), 'a crane')] }),
    new Paragraph({
      children: [new ExternalHyperlink({ link: 'https://a.example/', children: [picture(png(1), 'the quay again')] })],
    }),
  ])
  const { html, pictures, leftOut } = await docxToHtml(file)
  expect(html).toContain('first <img alt="a quay" src="https://picture.invalid/0" />')
  expect(html).toContain('<img alt="a crane" src="https://picture.invalid/1" />')
  expect(html).toContain('<img alt="the quay again" src="https://picture.invalid/0" />')
  const bytes = await Promise.all(pictures.map(async (one) => [...new Uint8Array(await one.arrayBuffer())]))
  expect(bytes).toEqual([[...png(1)], [...png(2)]])
  expect(pictures.map(({ name, type }) => [name, type])).toEqual([
    ['picture-1.png', 'image/png'],
    ['picture-2.png', 'image/png'],
  ])
  expect(leftOut).toEqual([])
})

test('what is no picture of the web, not in the file or damaged is left out by its reason', async () => {
  const file = await wordFile([
    new Paragraph({ children: [picture(Uint8Array.of(0x42, 0x4d, 1), 'a', 'bmp'), picture(png(1), 'b')] }),
    new Paragraph({ children: [picture(png(2), 'c'), picture(png(3), 'd')] }),
  ])
  const parts = unzipSync(file)
  const [outside, damaged] = Object.keys(parts).filter((name) => name.endsWith('.png'))
  delete parts[outside ?? '']
  const zip = zipSync(parts, { level: 9 })
  breakPart(zip, damaged ?? '')
  const { html, pictures, leftOut } = await docxToHtml(zip)
  expect(pictures).toHaveLength(1)
  expect(html.match(/picture\.invalid/g)).toHaveLength(1)
  expect(leftOut).toEqual([
    '1 picture that cannot be shown here (BMP)',
    '1 picture that the file only refers to',
    '1 picture that cannot be unpacked',
  ])
})

/** The packed bytes of one part begin with a block of a kind that there is not. */
function breakPart(zip: Uint8Array, name: string): void {
  const view = new DataView(zip.buffer, zip.byteOffset)
  for (let at = 0; at < zip.length - 30; at++) {
    if (view.getUint32(at, true) !== 0x04034b50) continue
    const nameBytes = view.getUint16(at + 26, true)
    if (new TextDecoder().decode(zip.subarray(at + 30, at + 30 + nameBytes)) !== name) continue
    view.setUint16(at + 8, 8, true)
    zip[at + 30 + nameBytes + view.getUint16(at + 28, true)] = 0xff
  }
}
