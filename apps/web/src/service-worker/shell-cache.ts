import type { PrecacheList } from './precache-list.ts'

/** Caches of ours; those of another build are removed when this one takes over. */
export const CACHE_PREFIX = 'tandem-page-'

/** How long a page waits for the network before the kept one is shown. */
export const NAVIGATION_LIMIT_MS = 2_500

/** Addresses that a person may go to and that are not the page: answers of the server, which are never kept. */
const NOT_THE_PAGE = /^\/(api|trpc|live|assets|uploads|files|healthz|readyz|metrics)(\/|$)|\.[a-z0-9]+$/i

export interface ShellCachePorts {
  readonly list: PrecacheList
  readonly origin: string
  readonly caches: CacheStorage
  readonly fetch: (request: RequestInfo, init?: RequestInit) => Promise<Response>
  readonly after: (delayMs: number, callback: () => void) => () => void
}

/**
 * The files of one build, kept for when there is no network. Only what is on the build's own list is ever kept: no
 * answer of the server to anybody in particular, no document, no upload.
 */
export class ShellCache {
  readonly #ports: ShellCachePorts
  readonly #name: string
  readonly #paths: ReadonlySet<string>

  constructor(ports: ShellCachePorts) {
    this.#ports = ports
    this.#name = `${CACHE_PREFIX}${ports.list.version}`
    this.#paths = new Set([...ports.list.first, ...ports.list.later])
  }

  /** Keeps the page and what it needs first: all of it, or it rejects and nothing is kept. */
  async install(): Promise<void> {
    const { list, caches } = this.#ports
    const cache = await caches.open(this.#name)
    try {
      // The address of the page is the same in every build: one of another build is refused by its digest.
      await keep(cache, '/', await this.#fetched('/', { integrity: list.page, cache: 'no-cache' }))
      for (const path of list.first) await this.#keepMissing(cache, path)
    } catch (error) {
      await caches.delete(this.#name)
      throw error
    }
  }

  /** Keeps the rest, file by file. Stops at the first that cannot be had or kept; the next call goes on. */
  async keepLater(): Promise<void> {
    const cache = await this.#ports.caches.open(this.#name)
    for (const path of this.#ports.list.later) await this.#keepMissing(cache, path)
  }

  /** Forgets the other builds. */
  async removeOld(): Promise<void> {
    const { caches } = this.#ports
    const names = await caches.keys()
    const old = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== this.#name)
    await Promise.all(old.map((name) => caches.delete(name)))
  }

  /** What the worker answers; undefined: the browser asks the network, as if there were no worker. */
  answer(request: Request, preloaded: Promise<Response | undefined>): Promise<Response> | undefined {
    const url = new URL(request.url)
    if (request.method !== 'GET' || url.origin !== this.#ports.origin) return undefined
    if (request.mode === 'navigate') return NOT_THE_PAGE.test(url.pathname) ? undefined : this.#page(request, preloaded)
    return this.#paths.has(url.pathname) ? this.#file(url.pathname, request) : undefined
  }

  /** The network's, so that a new release is seen; without one, or when it does not answer in time, the kept one. */
  async #page(request: Request, preloaded: Promise<Response | undefined>): Promise<Response> {
    const asked = this.#asked(request, preloaded)
    const inTime = await this.#inTime(asked)
    if (inTime !== undefined) return inTime
    const kept = await this.#kept('/')
    return kept ?? asked
  }

  async #asked(request: Request, preloaded: Promise<Response | undefined>): Promise<Response> {
    return (await preloaded) ?? this.#ports.fetch(request)
  }

  /** Undefined: no answer so far, or one that says that the server is not well. */
  async #inTime(asked: Promise<Response>): Promise<Response | undefined> {
    const limit = Promise.withResolvers<undefined>()
    const cancel = this.#ports.after(NAVIGATION_LIMIT_MS, () => limit.resolve(undefined))
    const answered = asked.then(
      (response) => (response.status < 500 ? response : undefined),
      () => undefined,
    )
    const first = await Promise.race([answered, limit.promise])
    cancel()
    return first
  }

  /** Its name has its content's hash: the kept one is the right one. */
  async #file(path: string, request: Request): Promise<Response> {
    const kept = await this.#kept(path)
    return kept ?? this.#ports.fetch(request)
  }

  async #kept(path: string): Promise<Response | undefined> {
    const cache = await this.#ports.caches.open(this.#name)
    return cache.match(path)
  }

  async #keepMissing(cache: Cache, path: string): Promise<void> {
    if ((await cache.match(path)) !== undefined) return
    await keep(cache, path, await this.#fetched(path, {}))
  }

  async #fetched(path: string, init: RequestInit): Promise<Response> {
    const response = await this.#ports.fetch(path, { ...init, credentials: 'same-origin' })
    if (response.ok && !response.redirected) return response
    throw new Error(`${path} could not be kept: the server answered ${response.status}.`)
  }
}

function keep(cache: Cache, path: string, response: Response): Promise<void> {
  return cache.put(path, response)
}
