import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { receive } from './uploads-receive.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-receive-'))
  path = join(folder, 'file')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pieces = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)))

test('what comes in pieces is one file, with its hash and its first bytes', async () => {
  const received = await receive(pieces('a'.repeat(9_000), 'b', 'c'), path, 9_002)
  const text = `${'a'.repeat(9_000)}bc`
  expect(readFileSync(path, 'utf8')).toBe(text)
  expect(received).toMatchObject({ bytes: 9_002, hash: createHash('sha256').update(text).digest('hex') })
  expect(received.head.byteLength).toBe(8 * 1024)
})

test('one byte too many leaves no file, and the rest is never asked for', async () => {
  let asked = 0
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1_000, (asked += 1))
    })(),
  )
  await expect(receive(endless, path, 10_000)).rejects.toMatchObject({ code: 'too-large' })
  expect(existsSync(path)).toBe(false)
  expect(asked).toBeLessThan(40)
  expect(endless.destroyed).toBe(true)
})

test('a stream that breaks off leaves no file', async () => {
  const broken = new Readable({ read: () => undefined })
  const done = receive(broken, path, 100)
  broken.push(Buffer.from('half'))
  broken.destroy(new Error('reset'))
  await expect(done).rejects.toMatchObject({ code: 'broken-off' })
  expect(existsSync(path)).toBe(false)
})

test('what the disk refuses rejects as the disk says it', async () => {
  await expect(receive(pieces('x'), '/dev/full/none', 100)).rejects.toMatchObject({ code: 'ENOTDIR' })
})

test('a file that is there is never written over', async () => {
  await receive(pieces('first'), path, 100)
  await expect(receive(pieces('second'), path, 100)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(path, 'utf8')).toBe('first')
})
