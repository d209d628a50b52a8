import { join } from 'node:path'
import { describeUpdateLog } from '@tandem/sync/contract'
import { sqlFixture, temporaryFolder } from '../test/store-fixture.ts'
import { SqlLog } from './sql-log.ts'
import { sqliteAppends } from './sqlite-append.ts'
import { kyselyOverSqlite, openSqlite } from './sqlite-connection.ts'
import { attachSqliteStorage, openSqliteStorage } from './sqlite-storage.ts'

describeUpdateLog('SQLite', async () => {
  const folder = temporaryFolder()
  const path = join(folder.path, 'tandem.db')
  const storage = await openSqliteStorage(path)
  const accounts = kyselyOverSqlite(openSqlite(path), 'immediate')
  return sqlFixture({
    database: storage,
    accounts,
    log: new SqlLog(storage, sqliteAppends(storage)),
    another: async () => {
      const other = await attachSqliteStorage(path)
      return { log: new SqlLog(other, sqliteAppends(other)), close: () => other.close() }
    },
    close: async () => {
      await accounts.destroy()
      await storage.close()
      folder.remove()
    },
  })
})
