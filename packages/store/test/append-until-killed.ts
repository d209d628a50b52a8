/** A node that appends for as long as it lives. Says on stdout what was acked: `<document> <seq>` a line. */
import { writeSync } from 'node:fs'
import { UserId } from '@tandem/sync'
import { openStore } from '../src/index.ts'
import { createUserTable } from './store-fixture.ts'
import { Typist } from './typist.ts'

const store = await openStore({ dataDir: process.argv[2] as string })
await createUserTable(store.accounts.db)
const { id } = await store.documents.create({ title: 'Endless', ownerId: UserId.parse('user-ann-1'), schemaVersion: 1 })
const typist = await Typist.of(store.log, id)
for (;;) {
  await typist.type('word ')
  writeSync(1, `${id} ${typist.head.head}\n`)
}
