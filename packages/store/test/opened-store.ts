import { UserId } from '@tandem/sync'
import { sql } from 'kysely'
import { openStore, type DamageFound, type Store } from '../src/index.ts'
import { createUserTable, temporaryFolder } from './store-fixture.ts'

export const ANN = UserId.parse('user-ann-1')
export const BOB = UserId.parse('user-bob-1')

export interface OpenedStore {
  readonly store: Store
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  /** What the store told of damaged documents. */
  readonly damages: DamageFound[]
  close(): Promise<void>
}

/** A store in a folder of its own, with two people in it; on PostgreSQL when a database is given. */
export async function openedStore(databaseUrl?: string): Promise<OpenedStore> {
  const folder = temporaryFolder()
  const damages: DamageFound[] = []
  const store = await openStore({ databaseUrl, dataDir: folder.path, onDamage: (damage) => damages.push(damage) })
  await createUserTable(store.accounts.db)
  await store.accounts.db
    .insertInto('user')
    .values([
      { id: ANN, name: 'Ann', isAnonymous: sql<boolean>`false` },
      { id: BOB, name: 'Bob', isAnonymous: sql<boolean>`true` },
    ])
    .execute()
  return {
    store,
    dataDir: folder.path,
    databaseUrl,
    damages,
    close: async () => {
      await store.close()
      folder.remove()
    },
  }
}
