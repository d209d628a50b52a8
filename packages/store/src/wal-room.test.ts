import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isBusy, openSqlite } from './sqlite-connection.ts'
import { makeWalRoom } from './wal-room.ts'

const ROOM_BYTES = 16 * 1024 * 1024

let folder: string
let path: string
let database: DatabaseSync

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-wal-'))
  path = join(folder, 'tandem.db')
  database = openSqlite(path)
  database.exec('create table word (text text)')
})

afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

/** As a killed process leaves it: the database file and its -wal file, copied while somebody has them open. */
async function wordsAfterCrash(): Promise<unknown[]> {
  const copy = join(folder, 'copy.db')
  await Promise.all([copyFile(path, copy), copyFile(`${path}-wal`, `${copy}-wal`)])
  const crashed = new DatabaseSync(copy)
  try {
    return crashed.prepare('select text from word').all()
  } finally {
    crashed.close()
  }
}

test('what was written before and after the room was made is there after a crash', async () => {
  database.exec(`insert into word values ('before')`)
  makeWalRoom(database, path)
  expect((await stat(`${path}-wal`)).size).toBe(ROOM_BYTES)
  expect(await wordsAfterCrash()).toEqual([{ text: 'before' }])

  database.exec(`insert into word values ('after')`)
  expect((await stat(`${path}-wal`)).size).toBe(ROOM_BYTES)
  expect(await wordsAfterCrash()).toEqual([{ text: 'before' }, { text: 'after' }])
})

test('room made in an empty -wal file holds nothing', async () => {
  database.exec('pragma wal_checkpoint(truncate)')
  makeWalRoom(database, path)
  expect((await stat(`${path}-wal`)).size).toBe(ROOM_BYTES)
  expect(await wordsAfterCrash()).toEqual([])
})

test('while somebody writes, no room is made', async () => {
  const other = openSqlite(path)
  other.exec(`begin immediate; insert into word values ('theirs')`)
  const { size } = await stat(`${path}-wal`)
  let busy: unknown
  try {
    makeWalRoom(database, path)
  } catch (error) {
    busy = error
  }
  expect(isBusy(busy)).toBe(true)
  expect((await stat(`${path}-wal`)).size).toBe(size)

  other.exec('commit')
  other.close()
  expect(database.prepare('select text from word').all()).toEqual([{ text: 'theirs' }])
})

test('a longer file is left as it is', async () => {
  database.exec('create table large (bytes blob)')
  database.prepare('insert into large values (zeroblob(?))').run(ROOM_BYTES)
  const { size } = await stat(`${path}-wal`)
  makeWalRoom(database, path)
  expect((await stat(`${path}-wal`)).size).toBe(size)
  expect(size).toBeGreaterThan(ROOM_BYTES)
})
