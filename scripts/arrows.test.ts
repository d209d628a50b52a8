// Keeps the arrows of DESIGN.md section 2: who may import whom.
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { filesUnder, packageFolders, root } from './parts/workspace.mjs'

/** Package -> what its shipped code may import of ours. `type x` allows only `import type`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'apps/web': ['client', 'binding', 'schema', 'sync', 'type api'],
  'apps/server': ['api', 'store', 'sync', 'schema'],
  'packages/sync': [],
  'packages/store': ['sync'],
  'packages/api': ['sync', 'store'],
  'packages/client': ['sync', 'type api'],
  'packages/schema': ['sync'],
  'packages/binding': [],
  'packages/bench': ['client', 'sync'],
  e2e: ['client', 'schema', 'sync'],
}

/** Tests may also play the other side of the wire. */
const ALSO_IN_TESTS: Readonly<Record<string, readonly string[]>> = {
  'apps/server': ['client'],
  'packages/client': ['api'],
  'packages/binding': ['schema'],
}

interface Import {
  readonly file: string
  readonly folder: string
  readonly from: string
  readonly typeOnly: boolean
}

const FROM = /^\s*(import|export)\s+(type\s)?[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm
const BARE_OR_DYNAMIC = /^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

function importsOf(folder: string): Import[] {
  return filesUnder(folder)
    .filter((file) => /\.(ts|tsx|mts|mjs|js)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      const named = [...text.matchAll(FROM)].map((found) => ({
        from: found[3] ?? '',
        typeOnly: found[2] !== undefined,
      }))
      const other = [...text.matchAll(BARE_OR_DYNAMIC)].map((found) => ({
        from: found[1] ?? found[2] ?? '',
        typeOnly: false,
      }))
      return [...named, ...other].map((each) => ({ file, folder, ...each }))
    })
}

const isTest = (file: string): boolean => /\.test\.tsx?$|\/test\//.test(file)

/** Why an import of one of our packages is not allowed; undefined when it is. */
function objection({ file, folder, from, typeOnly }: Import): string | undefined {
  const name = /^@tandem\/([^/]+)/.exec(from)?.[1]
  if (name === undefined || folder.endsWith(`/${name}`)) return undefined
  const allowed = [...(ARROWS[folder] ?? []), ...(isTest(file) ? (ALSO_IN_TESTS[folder] ?? []) : [])]
  if (allowed.includes(name)) return undefined
  if (allowed.includes(`type ${name}`))
    return typeOnly ? undefined : `${file} may import ${from} only by \`import type\``
  return `${file} may not import ${from}`
}

/** Why a relative import is not allowed: a package is entered by its name. e2e and the bench share the parts that start services. */
function detour({ file, folder, from }: Import): string | undefined {
  if (!from.startsWith('.')) return undefined
  const target = normalize(join(dirname(file), from))
  if (target.startsWith(`${folder}/`)) return undefined
  const isSharedPart =
    target.startsWith('scripts/parts/') && (['e2e', 'packages/bench'].includes(folder) || isTest(file))
  return isSharedPart ? undefined : `${file} leaves its package: ${from}`
}

const all = packageFolders().flatMap(importsOf)

test('every package has its arrows written down', () => {
  expect(packageFolders()).toEqual(Object.keys(ARROWS).sort())
})

test('imports between packages follow the arrows', () => {
  expect(all.filter(({ from }) => from.startsWith('@tandem/')).length).toBeGreaterThan(0)
  expect(all.map(objection).filter((found) => found !== undefined)).toEqual([])
})

test('packages are entered by their names, and what they export', () => {
  expect(all.map(detour).filter((found) => found !== undefined)).toEqual([])
})

test('the check itself sees what is forbidden', () => {
  const file = 'packages/sync/src/room.ts'
  const from = (specifier: string, typeOnly = false): Import => ({
    file,
    folder: 'packages/sync',
    from: specifier,
    typeOnly,
  })
  expect(objection(from('@tandem/store'))).toBeDefined()
  expect(objection({ ...from('@tandem/api'), folder: 'packages/client' })).toContain('import type')
  expect(objection({ ...from('@tandem/api', true), folder: 'packages/client' })).toBeUndefined()
  expect(detour(from('../../store/src/index.ts'))).toBeDefined()
  expect([...`import { a,\n b } from '@tandem/x'`.matchAll(FROM)].map((found) => found[3])).toEqual(['@tandem/x'])
})
