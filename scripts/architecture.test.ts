// Keeps the reading order of ARCHITECTURE.md true: every file it names is there and says the name it is quoted for.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageFolders, root } from './parts/workspace.mjs'

const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
const quotes = [...text.matchAll(/`([\w./-]+\.tsx?)` `(\w+)`/g)].map(([, file, name]) => ({
  file: file ?? '',
  name: name ?? '',
}))

test('ARCHITECTURE.md names files and names that exist', () => {
  expect(quotes.length).toBeGreaterThan(14)
  const wrong = quotes.filter(({ file, name }) => {
    const path = join(root, file)
    return (
      !existsSync(path) ||
      !new RegExp(`export (?:async )?(?:class|function|const) ${name}\\b`).test(readFileSync(path, 'utf8'))
    )
  })
  expect(wrong).toEqual([])
})

test('every folder of the map is there', () => {
  const map = /```\napps\/\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
  const packages = [...map.matchAll(/^ {2}(\w+)\//gm)].map(([, name]) => name ?? '')
  expect(packages.length).toBeGreaterThan(8)
  expect(
    packages.filter((name) => !existsSync(join(root, 'apps', name)) && !existsSync(join(root, 'packages', name))),
  ).toEqual([])
})

test('docs/decisions.md has a line for every dependency', () => {
  const decisions = readFileSync(join(root, 'docs/decisions.md'), 'utf8')
  const manifests = ['.', ...packageFolders()].map((folder) => readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const named = manifests.flatMap((manifest) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(manifest) as Record<string, Record<string, string>>
    return Object.keys({ ...dependencies, ...devDependencies })
  })
  const missing = named.filter((name) => !name.startsWith('@tandem/') && !decisions.includes(`\`${name}\``))
  expect([...new Set(missing)]).toEqual([])
})
