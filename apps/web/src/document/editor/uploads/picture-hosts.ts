const KEY = 'tandem:picture-hosts'
/** The oldest are forgotten, and asked about again. */
const MOST_HOSTS = 200

/**
 * The other servers whose pictures this browser asks for. A picture in a document may lie anywhere, and whoever has it there is told
 * by the asking who reads the document, from where and when: so nobody is asked before the reader says so, once for each server.
 */
export class PictureHosts {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | undefined
  readonly #hosts: Set<string>
  readonly #listeners = new Set<() => void>()

  /** `storage`: where it is remembered; undefined: nowhere. */
  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | undefined) {
    this.#storage = storage
    this.#hosts = new Set(remembered(storage))
  }

  has(host: string): boolean {
    return this.#hosts.has(host)
  }

  allow(host: string): void {
    if (this.#hosts.has(host)) return
    // What other tabs have allowed meanwhile stays.
    for (const each of [...remembered(this.#storage), host]) this.#hosts.add(each)
    for (const oldest of this.#hosts) {
      if (this.#hosts.size <= MOST_HOSTS) break
      this.#hosts.delete(oldest)
    }
    try {
      this.#storage?.setItem(KEY, JSON.stringify([...this.#hosts]))
    } catch {
      // Full or forbidden: it holds for this page.
    }
    for (const listener of this.#listeners) listener()
  }

  /** Calls back after each `allow` that changed something. Returns stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

/** The server that a picture is on, as addresses write it; undefined: our own. */
export function otherHostOf(src: string, page: string): string | undefined {
  if (!URL.canParse(src, page)) return undefined
  const { host, origin } = new URL(src, page)
  return origin === new URL(page).origin ? undefined : host
}

let ofThisBrowser: PictureHosts | undefined

export function pictureHosts(): PictureHosts {
  ofThisBrowser ??= new PictureHosts(browserStorage())
  return ofThisBrowser
}

function browserStorage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined // forbidden by the browser's settings
  }
}

function remembered(storage: Pick<Storage, 'getItem'> | undefined): readonly string[] {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((host) => typeof host === 'string').slice(-MOST_HOSTS) : []
  } catch {
    return []
  }
}
