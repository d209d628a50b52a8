import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeUpdateLog } from '@tandem/sync/contract'
import { describeCompaction } from '../test/compaction.contract.ts'
import { describeDocuments } from '../test/documents.contract.ts'
import { describeAccessRequests } from '../test/access-requests.contract.ts'
import { describeSharing } from '../test/sharing.contract.ts'
import { describeOwnLists } from '../test/own-list.contract.ts'
import { describeStars } from '../test/stars.contract.ts'
import { ANN, openedStore } from '../test/opened-store.ts'
import { startPostgres, type PostgresServer } from '../test/postgres-server.ts'
import { describeRepair } from '../test/repair.contract.ts'
import { sqlFixture } from '../test/store-fixture.ts'
import { Typist } from '../test/typist.ts'
import { describeUploads } from '../test/uploads.contract.ts'
import { openStore, type Store } from './index.ts'
import { postgresAppends } from './postgres-append.ts'
import { openPostgresStorage } from './postgres-storage.ts'
import { SqlLog } from './sql-log.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.close())

describeUpdateLog('PostgreSQL', async () => {
  const url = await server.database()
  const open = async () => {
    const storage = await openPostgresStorage(url, () => undefined)
    return { storage, log: new SqlLog(storage, postgresAppends(storage)), close: () => storage.close() }
  }
  const { storage, log, close } = await open()
  return sqlFixture({ database: storage, accounts: storage.kysely, log, another: open, close })
})

describeDocuments('PostgreSQL', async () => openedStore(await server.database()))
describeSharing('PostgreSQL', async () => openedStore(await server.database()))
describeAccessRequests('PostgreSQL', async () => openedStore(await server.database()))
describeStars('PostgreSQL', async () => openedStore(await server.database()))
describeOwnLists('PostgreSQL', async () => openedStore(await server.database()))
describeCompaction('PostgreSQL', async () => openedStore(await server.database()))
describeUploads('PostgreSQL', async () => openedStore(await server.database()))
describeRepair('PostgreSQL', async () => openedStore(await server.database()))

describe('nodes on PostgreSQL', () => {
  const cleanups: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function opened(): Promise<{ store: Store; typist: Typist; id: Parameters<Store['log']['open']>[0] }> {
    const { store, close } = await openedStore(await server.database())
    cleanups.push(close)
    const { id } = await store.documents.create({ title: 'Busy', ownerId: ANN, schemaVersion: 1 })
    return { store, id, typist: await Typist.of(store.log, id) }
  }

  test('three nodes may start on an empty database at once, each alone while it prepares it', async () => {
    const databaseUrl = await server.database()
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ databaseUrl, dataDir: 'unused' })))
    cleanups.push(async () => void (await Promise.all(stores.map((store) => store.close()))))
    let inside = 0
    const order = await Promise.all(
      stores.map((store) =>
        store.alone(async () => {
          inside += 1
          await store.ready()
          const alone = inside === 1
          inside -= 1
          return alone
        }),
      ),
    )
    expect(order).toEqual([true, true, true])
  })

  test('a database that is down at start is said so in words, without its password', async () => {
    const url = new URL(await server.database())
    url.password = 'hunter2'
    url.port = '1'
    const refused = openStore({ databaseUrl: url.href, dataDir: 'unused' })
    await expect(refused).rejects.toMatchObject({
      code: 'log-unavailable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    })
    await expect(refused).rejects.not.toThrow(/hunter2/)
  })

  test('connections that the server ends cost a refusal at most; the next try is served', async () => {
    const { store, id, typist } = await opened()
    await typist.type('before')
    await store.accounts.db.selectFrom('document').select('id').execute()
    const killer = await openStore({ databaseUrl: urlOf(store), dataDir: 'unused' })
    cleanups.push(() => killer.close())
    await terminateOthers(killer)
    const again = await retried(() => Typist.of(store.log, id))
    expect(again.head.head).toBe(1)
  })

  test('what was acked survives a crash of the server; while it is down, appends are refused as unavailable', async () => {
    const { store, id, typist } = await opened()
    for (let i = 0; i < 20; i += 1) await typist.type('word ')
    await server.stop('immediate')
    await expect(typist.type('lost')).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(store.ready()).rejects.toMatchObject({ code: 'log-unavailable' })
    await server.start()
    await retried(() => store.ready())
    const log = await store.log.open(id)
    expect(log?.tail.length).toBe(20)
    expect(log?.check).toBe(typist.head.check)
  })
})

function urlOf({ location }: Store): string {
  if (location.dialect !== 'postgres') throw new Error('This is about PostgreSQL.')
  return location.databaseUrl
}

/** As an administrator does it. */
async function terminateOthers({ accounts }: Store): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
    accounts.db,
  )
}

/** A refusal with 'log-unavailable' means: again. */
async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 20) throw error
    }
  }
}
