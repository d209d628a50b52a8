import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const FOLDERS = ['api', 'sync', 'schema', 'client', 'store'].map(
  (name) => new URL(`../../${name}/src/`, import.meta.url),
)
/** What lets a key through that nobody asked for. */
const LOOSE = /\bz\s*\.\s*(?:object|looseObject|record|map|any|unknown)\s*\(|\.\s*(?:passthrough|loose|catchall)\s*\(/g
/** Found to be harmless, one by one. */
const ALLOWED: Readonly<Record<string, number>> = {
  // Looks only for the document's id; the procedure's own strict schema sees the same input after it.
  'api/src/procedures.ts': 1,
  // A live event's data, whatever the product makes it: only nodes send it.
  'sync/src/protocol.ts': 1,
}

test('what comes over the wire is parsed by strict schemas alone (A20)', () => {
  const found: Record<string, number> = {}
  for (const folder of FOLDERS) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
      const count = readFileSync(new URL(file, folder), 'utf8').match(LOOSE)?.length ?? 0
      if (count > 0) found[`${folder.pathname.split('/').slice(-3, -1).join('/')}/${file}`] = count
    }
  }
  expect(found).toEqual(ALLOWED)
})
