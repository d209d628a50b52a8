import { beforeEach, describe, expect, test, vi } from 'vitest'
import { CACHE_PREFIX, NAVIGATION_LIMIT_MS, ShellCache } from './shell-cache.ts'

const ORIGIN = 'https://tandem.example'
const LIST = {
  version: 'two',
  page: 'sha256-x',
  entry: '/assets/index-1.js',
  first: ['/assets/index-1.js'],
  later: ['/assets/menu-1.js', '/favicon.svg'],
}
const NOTHING = Promise.resolve(undefined)

/** As a browser keeps them: by name, then by address. */
class MemoryCaches {
  readonly stored = new Map<string, Map<string, Response>>()

  async open(name: string): Promise<Pick<Cache, 'match' | 'put'>> {
    const entries = this.stored.get(name) ?? new Map<string, Response>()
    this.stored.set(name, entries)
    return {
      match: async (path) => entries.get(path as string)?.clone(),
      put: async (path, response) => void entries.set(path as string, response),
    }
  }

  async keys(): Promise<string[]> {
    return [...this.stored.keys()]
  }

  async delete(name: string): Promise<boolean> {
    return this.stored.delete(name)
  }
}

let memory: MemoryCaches
let fetched: string[]
let inits: (RequestInit | undefined)[]
let network: (path: string) => Promise<Response>
let timers: { delayMs: number; callback: () => void; isCancelled: boolean }[]
let shell: ShellCache

beforeEach(() => {
  memory = new MemoryCaches()
  fetched = []
  inits = []
  timers = []
  network = async (path) => new Response(`network ${path}`)
  shell = new ShellCache({
    list: LIST,
    origin: ORIGIN,
    caches: memory as unknown as CacheStorage,
    fetch: (request, init) => {
      const path = new URL(request instanceof Request ? request.url : request, ORIGIN).pathname
      fetched.push(path)
      inits.push(init)
      return network(path)
    },
    after: (delayMs, callback) => {
      const timer = { delayMs, callback, isCancelled: false }
      timers.push(timer)
      return () => (timer.isCancelled = true)
    },
  })
})

const kept = (): string[] => [...(memory.stored.get(`${CACHE_PREFIX}two`)?.keys() ?? [])]
const asked = (path: string, init?: RequestInit): Request => new Request(new URL(path, ORIGIN), init)

/** Node makes no request that navigates. */
function visit(path: string): Request {
  return Object.defineProperty(asked(path), 'mode', { value: 'navigate' })
}

describe('installing', () => {
  test('keeps the page by its digest, and what it needs first', async () => {
    await shell.install()
    expect(kept()).toEqual(['/', '/assets/index-1.js'])
    expect(inits[0]).toMatchObject({ integrity: 'sha256-x', cache: 'no-cache' })
  })

  test('keeps nothing when a file cannot be had', async () => {
    network = async (path) => new Response(path, { status: path === '/' ? 200 : 404 })
    await expect(shell.install()).rejects.toThrow('/assets/index-1.js could not be kept: the server answered 404.')
    expect(memory.stored.size).toBe(0)
  })

  test('the rest comes later, and goes on where it stopped', async () => {
    await shell.install()
    network = async (path) =>
      path === '/favicon.svg' ? Promise.reject(new TypeError('no network')) : new Response(path)
    await expect(shell.keepLater()).rejects.toThrow('no network')
    expect(kept()).toContain('/assets/menu-1.js')
    fetched = []
    network = async (path) => new Response(path)
    await shell.keepLater()
    expect(fetched).toEqual(['/favicon.svg'])
  })

  test('forgets other builds, and nobody else’s caches', async () => {
    for (const name of [`${CACHE_PREFIX}one`, 'somebody-else']) await memory.open(name)
    await shell.install()
    await shell.removeOld()
    expect([...memory.stored.keys()]).toEqual(['somebody-else', `${CACHE_PREFIX}two`])
  })
})

describe('the page', () => {
  beforeEach(() => shell.install())

  test('is the network’s, so that a new release is seen, and is not kept', async () => {
    network = async () => new Response('newer')
    expect(await (await shell.answer(visit('/d/abc'), NOTHING))?.text()).toBe('newer')
    network = () => Promise.reject(new TypeError('no network'))
    expect(await (await shell.answer(visit('/'), NOTHING))?.text()).toBe('network /')
  })

  test('is what the browser asked for while the worker started', async () => {
    fetched = []
    const answer = shell.answer(visit('/d/abc'), Promise.resolve(new Response('preloaded')))
    expect(await (await answer)?.text()).toBe('preloaded')
    expect(fetched).toEqual([])
  })

  test('is the kept one without a network, with a server that is not well, and with one that takes too long', async () => {
    network = () => Promise.reject(new TypeError('no network'))
    expect(await (await shell.answer(visit('/d/abc'), NOTHING))?.text()).toBe('network /')
    network = async () => new Response('bad gateway', { status: 502 })
    expect(await (await shell.answer(visit('/d/abc'), NOTHING))?.text()).toBe('network /')
    network = () => new Promise(() => undefined)
    timers = []
    const late = shell.answer(visit('/d/abc'), NOTHING)
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([NAVIGATION_LIMIT_MS])
    timers[0]?.callback()
    expect(await (await late)?.text()).toBe('network /')
  })

  test('is what the network says when nothing is kept, however late or wrong', async () => {
    memory.stored.clear()
    network = async () => new Response('bad gateway', { status: 502 })
    expect((await shell.answer(visit('/'), NOTHING))?.status).toBe(502)
    network = () => Promise.reject(new TypeError('no network'))
    await expect(shell.answer(visit('/'), NOTHING)).rejects.toThrow('no network')
  })

  test('a refusal is shown as it is', async () => {
    network = async () => new Response('no', { status: 403 })
    expect((await shell.answer(visit('/d/abc'), NOTHING))?.status).toBe(403)
  })
})

describe('everything else', () => {
  beforeEach(() => shell.install())

  test('a file of the build is the kept one, whatever the network does', async () => {
    network = vi.fn(() => Promise.reject(new TypeError('no network')))
    expect(await (await shell.answer(asked('/assets/index-1.js'), NOTHING))?.text()).toBe('network /assets/index-1.js')
    expect(network).not.toHaveBeenCalled()
  })

  test('one that is not kept yet comes from the network', async () => {
    expect(await (await shell.answer(asked('/assets/menu-1.js'), NOTHING))?.text()).toBe('network /assets/menu-1.js')
  })

  test.each([
    '/api/auth/get-session',
    '/trpc/me.get',
    '/live',
    '/uploads/1',
    '/files/1',
    '/healthz',
    '/metrics',
    '/assets/other-2.js',
    '/sw.js',
    '/report.pdf',
  ])('%s is none of the worker’s business, asked for or gone to', (path) => {
    expect(shell.answer(asked(path), NOTHING)).toBeUndefined()
    expect(shell.answer(visit(path), NOTHING)).toBeUndefined()
  })

  test('nor is what changes something, or another origin', () => {
    expect(shell.answer(asked('/favicon.svg', { method: 'POST' }), NOTHING)).toBeUndefined()
    expect(shell.answer(new Request('https://example.org/favicon.svg'), NOTHING)).toBeUndefined()
  })

  test('nothing that was answered is ever added to what is kept', async () => {
    const before = kept()
    for (const path of ['/d/abc', '/', '/assets/menu-1.js', '/favicon.svg']) {
      await shell.answer(visit(path), NOTHING)
      await shell.answer(asked(path), NOTHING)
    }
    expect(kept()).toEqual(before)
  })
})
