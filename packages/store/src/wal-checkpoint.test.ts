import { mkdtemp, rm } from 'node:fs/promises'
import { statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqlite } from './sqlite-connection.ts'
import { checkpointWal } from './wal-checkpoint.ts'

const MEGABYTE = 1024 * 1024
const SIZES = { fullBytes: 2 * MEGABYTE, longestBytes: 32 * MEGABYTE }

let folder: string
let path: string
let writer: DatabaseSync
let checkpointer: DatabaseSync

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-wal-'))
  path = join(folder, 'tandem.db')
  writer = openSqlite(path)
  writer.exec('create table piece (id integer primary key, bytes blob)')
  checkpointer = openSqlite(path)
})

afterEach(async () => {
  checkpointer.close()
  writer.close()
  await rm(folder, { recursive: true, force: true })
})

function write(megabytes: number): void {
  for (let count = 0; count < megabytes; count += 1)
    writer.prepare('insert into piece (bytes) values (zeroblob(?))').run(MEGABYTE)
}

const walBytes = (): number => statSync(`${path}-wal`).size
const pieces = (): number => Number(writer.prepare('select count(*) as count from piece').get()?.['count'])

/** Somebody writes after each of its statements, and a reader, who keeps SQLite from beginning the file anew by itself, is done before the last. */
class Interrupted extends DatabaseSync {
  readonly reader = openSqlite(path)

  override prepare(sql: string): StatementSync {
    if (sql.includes('restart')) this.reader.close()
    const statement = super.prepare(sql)
    const get = statement.get.bind(statement)
    statement.get = () => {
      const row = get()
      writer.exec('insert into piece (bytes) values (zeroblob(10))')
      return row
    }
    return statement
  }
}

test('a full file is begun anew at its length while others write, and nothing is lost', () => {
  write(4)
  const interrupted = new Interrupted(path)
  interrupted.reader.exec('begin; select count(*) from piece')
  checkpointWal(interrupted, path, SIZES)
  interrupted.close()
  const [length, before] = [walBytes(), pieces()]
  write(3)
  expect(walBytes()).toBe(length)
  expect(pieces()).toBe(before + 3)
})

test('a file that is not full is left as it is', () => {
  write(1)
  const interrupted = new Interrupted(path)
  interrupted.reader.exec('begin; select count(*) from piece')
  checkpointWal(interrupted, path, SIZES)
  interrupted.close()
  interrupted.reader.close()
  const length = walBytes()
  write(1)
  expect(walBytes()).toBeGreaterThan(length)
})

test('a file that grew far beyond is cut off', () => {
  write(34)
  checkpointWal(checkpointer, path, SIZES)
  expect(walBytes()).toBe(16 * MEGABYTE)
  expect(pieces()).toBe(34)
})

test('what a reader still needs is left to the next call', () => {
  const reader = openSqlite(path)
  reader.exec('begin; select count(*) from piece')
  write(4)
  checkpointWal(checkpointer, path, SIZES)
  expect(reader.prepare('select count(*) as count from piece').get()).toEqual({ count: 0 })
  reader.exec('commit')
  const length = walBytes()
  checkpointWal(checkpointer, path, SIZES)
  write(3)
  expect(walBytes()).toBe(length)
  reader.close()
})
