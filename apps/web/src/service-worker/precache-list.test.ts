import { expect, test } from 'vitest'
import { PRECACHE_BYTES, precacheList, type BuiltFile } from './precache-list.ts'

const file = (path: string, hash = 'h', bytes = 1): BuiltFile => ({ path, hash, bytes })
const facts = (files: readonly BuiltFile[]) => ({
  files,
  page: 'sha256-x',
  entry: '/assets/a.js',
  first: new Set(['/assets/a.js']),
})
const digest = (text: string): string => text

test('what is needed first is apart; old formats of fonts and source maps are not kept', () => {
  const files = [
    '/favicon.svg',
    '/assets/b.js',
    '/assets/a.js',
    '/assets/k.woff2',
    '/assets/k.woff',
    '/assets/k.ttf',
    '/assets/a.js.map',
  ]
  const list = precacheList(facts(files.map((path) => file(path))), digest)
  expect(list.first).toEqual(['/assets/a.js'])
  expect(list.later).toEqual(['/assets/b.js', '/assets/k.woff2', '/favicon.svg'])
})

test('the version is of every byte, in any order', () => {
  const version = (files: readonly BuiltFile[]): string => precacheList(facts(files), digest).version
  const [a, icon] = [file('/assets/a.js'), file('/favicon.svg')]
  expect(version([a, icon])).toBe(version([icon, a]))
  expect(version([a, file('/favicon.svg', 'other')])).not.toBe(version([a, icon]))
  expect(version([a])).not.toBe(version([a, icon]))
})

test('a build that lacks what is needed first, or wants too much of a disk, fails', () => {
  expect(() => precacheList(facts([file('/assets/b.js')]), digest)).toThrow('The build has no /assets/a.js')
  const large = file('/assets/large.js', 'h', PRECACHE_BYTES)
  expect(() => precacheList(facts([file('/assets/a.js'), large]), digest)).toThrow(`${PRECACHE_BYTES} at most`)
})
