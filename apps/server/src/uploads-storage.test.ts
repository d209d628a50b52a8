import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { fakeS3 } from '../test/fake-s3.ts'
import { DiskUploads, removeIncoming } from './uploads-disk.ts'
import { S3Uploads } from './uploads-s3.ts'
import type { UploadStorage } from './uploads-storage.ts'

const A = 'a'.repeat(32)
const B = 'b'.repeat(32)
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tandem-uploads-'))
  cleanups.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function fileOf(content: string): string {
  const path = join(folder(), 'file')
  writeFileSync(path, content)
  return path
}

const onDisk = async (): Promise<UploadStorage> => new DiskUploads(folder())
const inS3 = async (): Promise<UploadStorage> => {
  const s3 = await fakeS3()
  cleanups.push(() => s3.close())
  return new S3Uploads(s3.settings)
}

describe.each([
  ['on disk', onDisk],
  ['in S3', inS3],
])('uploads %s', (_name, open) => {
  const read = async (storage: UploadStorage, id: string) => {
    const body = await storage.open(id)
    return body && text(body)
  }

  test('what was put is there, and its copy is there without it', async () => {
    const storage = await open()
    await storage.put(A, fileOf('hello'))
    expect(await read(storage, A)).toBe('hello')
    expect(await storage.copy(A, B)).toBe(true)
    await storage.remove(A)
    await storage.remove(A)
    expect(await read(storage, A)).toBeUndefined()
    expect(await read(storage, B)).toBe('hello')
  })

  test('what is not there is not there, and is not copied', async () => {
    const storage = await open()
    expect(await storage.open(A)).toBeUndefined()
    expect(await storage.copy(A, B)).toBe(false)
    expect(await storage.open(B)).toBeUndefined()
  })

  test('a larger file goes in and out whole', async () => {
    const storage = await open()
    const content = 'äbc\n'.repeat(400_000)
    await storage.put(A, fileOf(content))
    expect(await read(storage, A)).toBe(content)
  })

  test.each(['../../etc/passwd', 'A'.repeat(32), `${A}/x`, '', `${'a'.repeat(31)}\0`, 'CON'])(
    'nothing but an id is a name: %j',
    async (id) => {
      const storage = await open()
      await expect(storage.open(id)).rejects.toThrow('not the id')
      await expect(storage.put(id, fileOf('x'))).rejects.toThrow('not the id')
      await expect(storage.remove(id)).rejects.toThrow('not the id')
    },
  )
})

test('on disk only the owner may read, and a copy leaves nothing in the incoming folder', async () => {
  const path = folder()
  const storage = new DiskUploads(path)
  await storage.put(A, fileOf('x'))
  await storage.copy(A, B)
  expect(statSync(join(path, 'aa')).mode & 0o777).toBe(0o700)
  expect(readdirSync(join(path, 'incoming'))).toEqual([])
})

test('what lies long in the incoming folder is removed, what is being written is not', async () => {
  const path = folder()
  expect(await removeIncoming(path, 0)).toBe(0)
  const incoming = join(path, 'incoming')
  mkdirSync(incoming)
  for (const name of ['old', 'new']) writeFileSync(join(incoming, name), 'x')
  utimesSync(join(incoming, 'old'), 1, 1)
  expect(await removeIncoming(path, 3_600_000)).toBe(1)
  expect(readdirSync(incoming)).toEqual(['new'])
})

test('a bucket that refuses, and one that is not there, are said in words', async () => {
  const s3 = await fakeS3()
  cleanups.push(() => s3.close())
  const storage = new S3Uploads(s3.settings)
  s3.failWith(503)
  await expect(storage.put(A, fileOf('x'))).rejects.toMatchObject({ code: 'storage-unavailable' })
  await expect(storage.open(A)).rejects.toMatchObject({ code: 'storage-unavailable' })
  s3.failWith(507)
  await expect(storage.put(A, fileOf('x'))).rejects.toMatchObject({ code: 'storage-full' })
  const wrongKey = new S3Uploads({ ...s3.settings, accessKeyId: 'other' })
  await expect(wrongKey.put(A, fileOf('x'))).rejects.toMatchObject({ code: 'storage-unavailable' })
  const nobody = new S3Uploads({ ...s3.settings, endpoint: 'http://127.0.0.1:1' })
  await expect(nobody.put(A, fileOf('x'.repeat(100_000)))).rejects.toMatchObject({ code: 'storage-unavailable' })
  expect(s3.objects.size).toBe(0)
})
