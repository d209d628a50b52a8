import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testNode, type TestNode, type Visitor } from '../test/node-fixture.ts'
import { DEFAULT_UPLOADS } from './uploads-config.ts'

const MEGABYTE = 1024 * 1024
let node: TestNode
let ann: Visitor
let bob: Visitor
let documentId: string
beforeAll(async () => {
  node = await testNode({ uploads: { ...DEFAULT_UPLOADS, fileBytes: MEGABYTE, documentBytes: 3 * MEGABYTE } })
  ann = await node.visitor()
  bob = await node.visitor()
  ;({ documentId } = await ann.http.documents.create.mutate({ title: 'Pictures' }))
})
afterAll(() => node?.close())

interface Answer {
  id: string
  url: string
  name: string
  type: string
  bytes: number
  picture: { width: number; height: number } | null
}

async function send(
  who: Visitor | undefined,
  to: string,
  body: Uint8Array | string,
  { query = '', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${node.url}/api/uploads/${to}${query}`, {
    method: 'POST',
    headers: { 'x-tandem': '1', ...(who && { cookie: who.cookie }), 'content-type': 'image/svg+xml', ...headers },
    body: typeof body === 'string' ? body : Buffer.from(body),
  })
  return { status: response.status, body: (await response.json()) as Answer & { error?: { data: object } } }
}

const get = (who: Visitor | undefined, url: string, headers = {}) =>
  fetch(node.url + url, { headers: { ...(who && { cookie: who.cookie }), ...headers } })

const picture = (format: 'png' | 'jpeg' | 'webp' | 'gif' | 'avif') =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: 'teal' } })
    .toFormat(format)
    .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'a secret place' } } })
    .toBuffer()

const stored = () =>
  readdirSync(join(node.dataDir, 'uploads'), { recursive: true, withFileTypes: true }).filter((each) => each.isFile())

describe('pictures', () => {
  test.each([
    ['png', 'image/png'],
    ['jpeg', 'image/jpeg'],
    ['webp', 'image/webp'],
    ['gif', 'image/gif'],
    ['avif', 'image/webp'],
  ] as const)('a %s is written anew as %s, upright, without what its camera knew', async (format, type) => {
    const original = await picture(format)
    const { status, body } = await send(ann, documentId, original, { query: '?name=holiday.bin' })
    expect(status).toBe(200)
    // Neither GIF nor AVIF says here which side is up.
    const isTurned = format !== 'gif' && format !== 'avif'
    expect(body).toMatchObject({ type, name: 'holiday.bin' })
    if (isTurned) expect(body.picture).toEqual({ width: 40, height: 60 })
    const response = await get(bob, body.url)
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.byteLength).toBe(body.bytes)
    expect(bytes.includes('a secret place')).toBe(false)
    expect(await sharp(bytes).metadata()).toMatchObject({ ...body.picture, format: type.slice('image/'.length) })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'cache-control': 'private, max-age=60',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-disposition': expect.stringMatching(/^inline; /),
    })
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is upright however the camera was held (%i)', async (orientation) => {
    const grey = Buffer.from([0, 50, 100, 150, 200, 250]) // three wide, two high
    const original = await sharp(grey, { raw: { width: 3, height: 2, channels: 1 } })
      .withMetadata({ orientation })
      .png()
      .toBuffer()
    const { body } = await send(ann, documentId, original)
    const kept = Buffer.from(await (await get(ann, body.url)).arrayBuffer())
    const pixels = (image: Sharp) => image.greyscale().raw().toBuffer()
    expect(await pixels(sharp(kept))).toEqual(await pixels(sharp(original).autoOrient()))
  })

  test('an animation stays one', async () => {
    const frames = [0, 1].map((index) => Buffer.alloc(20 * 10 * 3, index * 200))
    const gif = await sharp(Buffer.concat(frames), { raw: { width: 20, height: 20, channels: 3, pageHeight: 10 } })
      .gif({ delay: [100, 100], loop: 0 })
      .toBuffer()
    const { body } = await send(ann, documentId, gif)
    expect(body.picture).toEqual({ width: 20, height: 10 })
    const bytes = Buffer.from(await (await get(ann, body.url)).arrayBuffer())
    expect((await sharp(bytes, { animated: true }).metadata()).pages).toBe(2)
  })

  test('a huge one is kept as large as a screen can show, and one that is damaged or too large is refused in words', async () => {
    const wide = await sharp({ create: { width: 6_000, height: 300, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    expect((await send(ann, documentId, wide)).body.picture).toEqual({ width: 3_200, height: 160 })
    const cut = (await picture('png')).subarray(0, 60)
    const before = stored().length
    expect(await send(ann, documentId, cut)).toMatchObject({ status: 422 })
    const bomb = pngOf(30_000, 30_000)
    const refused = await send(ann, documentId, bomb)
    expect(refused).toMatchObject({ status: 422 })
    expect(JSON.stringify(refused.body)).toContain('50 million pixels')
    expect(await send(ann, documentId, pngOf(20_000, 10))).toMatchObject({ status: 422 })
    expect(stored()).toHaveLength(before)
  })

  test('sent as a file it stays what it was', async () => {
    const original = await picture('jpeg')
    const { body } = await send(ann, documentId, original, { query: '?name=a.jpg&as=file' })
    expect(body).toMatchObject({ picture: null, type: 'image/jpeg' })
    const response = await get(ann, body.url)
    expect(Buffer.from(await response.arrayBuffer()).equals(original)).toBe(true)
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; /)
  })
})

describe('files', () => {
  test.each([
    ['html', '<!doctype html><script>alert(1)</script>'],
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['pdf', '%PDF-1.7\n%âãÏÓ\n'],
    ['nothing', ''],
  ])('%s comes back as it was, to be saved and never shown', async (ending, content) => {
    const { status, body } = await send(ann, documentId, content, {
      query: `?name=${encodeURIComponent(`../x.${ending}`)}`,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ picture: null, name: `x.${ending}` })
    const response = await get(ann, body.url, { accept: 'text/html' })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringMatching(/^attachment; /),
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    })
    expect(await response.text()).toBe(content)
  })

  test('are asked for again only when they have changed', async () => {
    const { body } = await send(ann, documentId, 'text')
    const etag = (await get(ann, body.url)).headers.get('etag') ?? ''
    expect((await get(ann, body.url, { 'if-none-match': etag })).status).toBe(304)
    expect((await get(undefined, body.url, { 'if-none-match': etag })).status).toBe(404)
  })
})

describe('limits', () => {
  test('a file that is too large leaves nothing, said how large or not', async () => {
    const before = stored().length
    expect(await send(ann, documentId, Buffer.alloc(MEGABYTE + 1))).toMatchObject({ status: 413 })
    expect(await endless(ann, documentId)).toBe(413)
    expect(stored()).toHaveLength(before)
  })

  test('a document has its quota', async () => {
    const { documentId: other } = await ann.http.documents.create.mutate({ title: 'Full' })
    const megabyte = Buffer.alloc(MEGABYTE, 7)
    for (let count = 0; count < 3; count += 1) expect(await send(ann, other, megabyte)).toMatchObject({ status: 200 })
    const refused = await send(ann, other, megabyte)
    expect(refused).toMatchObject({ status: 413, body: { error: { data: { upload: { code: 'quota-reached' } } } } })
  })
})

describe('who may', () => {
  test('upload: nobody without an account, from another site, or into what is not there', async () => {
    expect(await send(undefined, documentId, 'x')).toMatchObject({ status: 401 })
    expect(await send(ann, documentId, 'x', { headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject({
      status: 403,
    })
    const absent = await send(ann, 'AAAAAAAAAAAAAAAAAAAAAA', 'x')
    expect(absent.status).toBe(404)
  })

  test('read: who may read the document at that moment; the answer to everybody else says nothing', async () => {
    const { documentId: soonGone } = await ann.http.documents.create.mutate({ title: 'Soon gone' })
    const { body } = await send(ann, soonGone, 'secret')
    expect((await get(bob, body.url)).status).toBe(200)
    await ann.http.documents.delete.mutate({ documentId: soonGone })
    const refusals = await Promise.all(
      [
        get(bob, body.url),
        get(ann, body.url),
        get(ann, `/api/uploads/${'0'.repeat(32)}`),
        get(undefined, body.url),
      ].map(async (asked) => {
        const response = await asked
        const headers = [...response.headers].filter(([name]) => name !== 'date')
        return JSON.stringify([response.status, headers, await response.text()])
      }),
    )
    expect(refusals[0]).toMatch(/^\[404,/)
    expect(new Set(refusals).size).toBe(1)
    expect(await send(bob, soonGone, 'x')).toMatchObject({ status: 404 })
  })

  test('copy: who may read the one and write the other; the copy outlives the original', async () => {
    const { documentId: from } = await ann.http.documents.create.mutate({ title: 'From' })
    const { body } = await send(ann, from, await picture('png'), { query: '?name=a.png' })
    const copied = await send(bob, `${documentId}/from/${body.id}`, '')
    expect(copied).toMatchObject({ status: 200, body: { name: 'a.png', picture: body.picture } })
    expect(copied.body.id).not.toBe(body.id)
    const again = await send(bob, `${documentId}/from/${copied.body.id}`, '')
    expect(again.body.id).toBe(copied.body.id)
    await ann.http.documents.delete.mutate({ documentId: from })
    expect((await get(bob, copied.body.url)).status).toBe(200)
    expect(await send(bob, `${documentId}/from/${body.id}`, '')).toMatchObject({ status: 404 })
    expect(await send(bob, `${documentId}/from/${encodeURIComponent('../..')}`, '')).toMatchObject({ status: 404 })
  })
})

test('what is stored has random names, in the data folder', async () => {
  await send(ann, documentId, 'x', { query: `?name=${encodeURIComponent('../../evil\0.sh')}` })
  for (const { name, parentPath } of stored()) {
    expect(name).toMatch(/^[0-9a-f]{32}$/)
    expect(readFileSync(join(parentPath, name))).toBeDefined()
  }
})

/** A stream that never ends and does not say how long it is. Resolves with the status. */
function endless(who: Visitor, to: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-tandem': '1', cookie: who.cookie, 'content-type': 'application/octet-stream' }
    const sent = request(`${node.url}/api/uploads/${to}`, { method: 'POST', headers })
    let isAnswered = false
    sent.on('error', (error) => isAnswered || reject(error))
    sent.on('response', (response) => {
      isAnswered = true
      resolve(response.statusCode ?? 0)
      sent.destroy()
    })
    const more = (): void => {
      while (sent.write(Buffer.alloc(16 * 1024)));
      if (!isAnswered) sent.once('drain', more)
    }
    more()
  })
}

/** A whole PNG that says it is so large, of one colour: a few hundred bytes for each megapixel. */
function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8) // one bit, grey
  const pixels = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))))
  const parts = [chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.byteLength)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
