import { expect, test, vi } from 'vitest'
import { otherHostOf, PictureHosts } from './picture-hosts.ts'

function storageWith(stored?: string) {
  const kept = new Map(stored === undefined ? [] : [['tandem:picture-hosts', stored]])
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
}

test('a server is asked once it is allowed, here and by the next page; who shows pictures hears of it', () => {
  const storage = storageWith()
  const hosts = new PictureHosts(storage)
  const heard = vi.fn<() => void>()
  const stop = hosts.listen(heard)
  expect(hosts.has('pictures.example')).toBe(false)
  hosts.allow('pictures.example')
  hosts.allow('pictures.example')
  stop()
  hosts.allow('other.example')
  expect(heard).toHaveBeenCalledTimes(1)
  const next = new PictureHosts(storage)
  expect([next.has('pictures.example'), next.has('other.example'), next.has('example')]).toEqual([true, true, false])
})

test('two pages that are open at once forget nothing of each other', () => {
  const storage = storageWith()
  const [one, other] = [new PictureHosts(storage), new PictureHosts(storage)]
  one.allow('one.example')
  other.allow('other.example')
  const next = new PictureHosts(storage)
  expect([next.has('one.example'), next.has('other.example'), other.has('one.example')]).toEqual([true, true, true])
})

test('the oldest is forgotten beyond 200', () => {
  const storage = storageWith()
  const hosts = new PictureHosts(storage)
  for (let index = 0; index <= 200; index += 1) hosts.allow(`${index}.example`)
  for (const each of [hosts, new PictureHosts(storage)])
    expect([each.has('0.example'), each.has('1.example'), each.has('200.example')]).toEqual([false, true, true])
})

test.each(['{', '{"a":1}', '[1,null,{}]', ''])('what is stored and no list of servers allows nobody: %s', (stored) => {
  const hosts = new PictureHosts(storageWith(stored))
  hosts.allow('pictures.example')
  expect([hosts.has('pictures.example'), hosts.has('1')]).toEqual([true, false])
})

test('without a place to remember it, it holds for the page', () => {
  const full = new PictureHosts({
    getItem: () => null,
    setItem: () => {
      throw new DOMException('Full.', 'QuotaExceededError')
    },
  })
  for (const hosts of [full, new PictureHosts(undefined)]) {
    hosts.allow('pictures.example')
    expect(hosts.has('pictures.example')).toBe(true)
  }
})

test.each([
  ['/api/uploads/0123', undefined],
  ['https://here.example/x.png', undefined],
  ['http://here.example/x.png', 'here.example'],
  ['https://here.example:8443/x.png', 'here.example:8443'],
  ['//pictures.example/x.png', 'pictures.example'],
  ['https://PICTURES.example/x.png', 'pictures.example'],
  ['https://user@bücher.example/x.png', 'xn--bcher-kva.example'],
  ['https://', undefined],
])('the server of %s is %s', (src, host) => {
  expect(otherHostOf(src, 'https://here.example/d/document-1')).toBe(host)
})
