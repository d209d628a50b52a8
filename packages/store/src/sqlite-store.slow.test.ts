import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { DocumentId, SyncError } from '@tandem/sync'
import { describeCompaction } from '../test/compaction.contract.ts'
import { describeDocuments } from '../test/documents.contract.ts'
import { describeAccessRequests } from '../test/access-requests.contract.ts'
import { describeSharing } from '../test/sharing.contract.ts'
import { describeOwnLists } from '../test/own-list.contract.ts'
import { describeStars } from '../test/stars.contract.ts'
import { ANN, openedStore, type OpenedStore } from '../test/opened-store.ts'
import { describeRepair } from '../test/repair.contract.ts'
import { temporaryFolder } from '../test/store-fixture.ts'
import { Typist } from '../test/typist.ts'
import { openAccounts, openStore } from './index.ts'
import { Documents } from './documents.ts'
import { SqlLog } from './sql-log.ts'
import { sqliteAppends } from './sqlite-append.ts'
import { openSqlite } from './sqlite-connection.ts'
import { SqliteStorage } from './sqlite-storage.ts'
import { WalSync } from './wal-sync.ts'

describeDocuments('SQLite', () => openedStore())
describeSharing('SQLite', () => openedStore())
describeAccessRequests('SQLite', () => openedStore())
describeStars('SQLite', () => openedStore())
describeOwnLists('SQLite', () => openedStore())
describeCompaction('SQLite', () => openedStore())
describeRepair('SQLite', () => openedStore())

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function folder(): string {
  const { path, remove } = temporaryFolder()
  cleanups.push(remove)
  return path
}

async function opened(): Promise<OpenedStore['store']> {
  const { store, close } = await openedStore()
  cleanups.push(close)
  return store
}

describe('a node on SQLite', () => {
  test('what was acked before kill -9 is there after it; while the node lives, a second one is refused by name', async () => {
    const dataDir = folder()
    const script = join(import.meta.dirname, '../test/append-until-killed.ts')
    const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
    cleanups.push(() => void child.kill('SIGKILL'))
    const ended = new Promise((resolve) => child.once('close', resolve))
    let acked = 0
    let id = ''
    const lines = createInterface({ input: child.stdout })
    await new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const [documentId, seq] = line.split(' ') as [string, string]
        id = documentId
        acked = Number(seq)
        if (acked === 200) resolve()
      })
    })
    await expect(openStore({ dataDir })).rejects.toThrow(
      new RegExp(`in use by another node \\(process ${child.pid}\\)`),
    )
    child.kill('SIGKILL')
    await ended
    const store = await openStore({ dataDir })
    cleanups.push(() => store.close())
    const tail = (await store.log.open(DocumentId.parse(id)))?.tail ?? []
    expect(acked).toBeGreaterThanOrEqual(200)
    expect(tail.length).toBeGreaterThanOrEqual(acked)
  })

  test('a script may use the accounts beside a running node', async () => {
    const { store, close } = await openedStore()
    cleanups.push(close)
    if (store.location.dialect !== 'sqlite') throw new Error('This is about SQLite.')
    const beside = await openAccounts({ dataDir: join(store.location.path, '..') })
    cleanups.push(() => beside.close())
    const names = await beside.database.db.selectFrom('user').select('name').orderBy('name').execute()
    expect(names).toEqual([{ name: 'Ann' }, { name: 'Bob' }])
  })

  test('an append waits, with the event loop free, while another connection holds the lock', async () => {
    const store = await opened()
    const { id } = await store.documents.create({ title: 'Busy', ownerId: ANN, schemaVersion: 1 })
    const typist = await Typist.of(store.log, id)
    if (store.location.dialect !== 'sqlite') throw new Error('This is about SQLite.')
    const other = openSqlite(store.location.path)
    cleanups.push(() => other.close())
    other.exec('begin immediate')
    let done = false
    const typing = typist.type('hello').then(() => (done = true))
    // Many turns of the event loop pass, so nothing stands still.
    for (let turn = 0; turn < 100; turn += 1) await setImmediate()
    expect(done).toBe(false)
    expect((await store.log.open(id))?.head).toBe(0)
    other.exec('rollback')
    await typing
    expect((await store.log.open(id))?.head).toBe(1)
  })

  test('a sign-up and a push wait for each other, and both succeed', async () => {
    const store = await opened()
    const { id } = await store.documents.create({ title: 'Busy', ownerId: ANN, schemaVersion: 1 })
    const typist = await Typist.of(store.log, id)
    let typing: Promise<void> | undefined
    await store.accounts.db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('user').selectAll().execute()
      typing = typist.type('hello')
      for (let turn = 0; turn < 10; turn += 1) await setImmediate()
      await transaction.updateTable('user').set({ name: 'Anna' }).where('id', '=', ANN).execute()
    })
    await typing
    expect((await store.log.open(id))?.head).toBe(1)
    expect((await store.documents.get(id, ANN)).ownerName).toBe('Anna')
  })

  test('a data folder that cannot be used is refused with its reason', async () => {
    const file = join(folder(), 'a-file')
    writeFileSync(file, '')
    await expect(openStore({ dataDir: join(file, 'data') })).rejects.toThrow(
      /data folder .*a-file.data cannot be used: ENOTDIR/,
    )
    const dataDir = folder()
    writeFileSync(join(dataDir, 'tandem.db'), 'This is a letter, not a database. '.repeat(100))
    await expect(openStore({ dataDir })).rejects.toThrow(/tandem.db cannot be opened: .*not a database/)
    // Refused, and let go of.
    rmSync(join(dataDir, 'tandem.db'))
    await (await openStore({ dataDir })).close()
  })
})

describe('a disk that does not take what was written', () => {
  async function synced(): Promise<{ sync: WalSync; database: DatabaseSync; path: string }> {
    const store = await opened()
    const { path } = store.location as { path: string }
    const database = openSqlite(path)
    database.exec('create table letter (x)')
    cleanups.push(() => database.close())
    return { sync: await WalSync.open(path), database, path }
  }

  test('is never trusted again: what was not synced stays unacknowledged for good', async () => {
    const { sync } = await synced()
    sync.committed()
    await sync.synced()
    await sync.close()
    sync.committed()
    await expect(sync.synced()).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(sync.synced()).rejects.toBeInstanceOf(SyncError)
    expect(() => sync.check()).toThrow(/until this node is started again/)
  })

  test('and what it did not take is shown to nobody', async () => {
    const { sync, path } = await synced()
    const storage = new SqliteStorage(openSqlite(path), openSqlite(path), sync)
    const log = new SqlLog(storage, sqliteAppends(storage))
    const { id } = await new Documents(storage).create({ title: 'Kept', ownerId: ANN, schemaVersion: 1 })
    const typist = await Typist.of(log, id)
    await typist.type('on disk')
    await sync.close()
    await expect(typist.type('not on disk')).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(log.open(id)).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(log.append(id, typist.head, [])).rejects.toMatchObject({ code: 'log-unavailable' })
  })

  test('commits made while a sync runs wait for the next one', async () => {
    const { sync, database } = await synced()
    const order: string[] = []
    const commit = (name: string): Promise<unknown> => {
      database.exec(`insert into letter values ('${name}')`)
      sync.committed()
      return sync.synced().then(() => order.push(name))
    }
    await Promise.all([commit('first'), commit('second'), Promise.resolve().then(() => commit('third'))])
    expect(order).toEqual(['first', 'second', 'third'])
    await sync.close()
  })
})
