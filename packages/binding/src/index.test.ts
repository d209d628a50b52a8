import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as binding from './index.ts'

/** The name Tiptap imports leads here, and everything it imports by that name is there. */
test('Tiptap imports nothing from @tiptap/y-tiptap that the binding does not have', () => {
  const source = readFileSync(fileURLToPath(import.meta.resolve('@tiptap/extension-collaboration')), 'utf8')
  const imports = [...source.matchAll(/import \{([^}]+)\} from "@tiptap\/y-tiptap"/g)]
  const names = imports.flatMap((found) => (found[1] ?? '').split(',')).map((name) => name.trim().split(' as ')[0])

  expect(names).toContain('ySyncPlugin')
  expect(Object.keys(binding)).toEqual(expect.arrayContaining(names))
})

test('the sync plugin keeps the key by which everybody recognises its transactions', () => {
  expect(binding.ySyncPluginKey).toHaveProperty('key', 'y-sync$')
})
