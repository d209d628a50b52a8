/** What a build consists of, as the service worker keeps it. Paths begin with a slash. */
export interface PrecacheList {
  /** Of the build: another one as soon as any byte of any file below is another. */
  readonly version: string
  /** The page itself, `/`: as SRI (`sha256-…`), since its address is the same in every build. */
  readonly page: string
  /** What the page loads first (`<script src>`): a page says by it which build it is of. */
  readonly entry: string
  /** Without these there is no home and no text: kept before the worker counts as installed. */
  readonly first: readonly string[]
  /** Everything else that can be asked for: menus, dialogs, formulas' fonts. Kept when the page is idle. */
  readonly later: readonly string[]
}

/** The most that a build may want of a visitor's disk. */
export const PRECACHE_BYTES = 8 * 1024 * 1024

/** One file of the build. */
export interface BuiltFile {
  /** As asked for: `/assets/index-x.js`. */
  readonly path: string
  readonly bytes: number
  /** Of its content, hex. */
  readonly hash: string
}

interface BuildFacts {
  readonly files: readonly BuiltFile[]
  readonly page: string
  readonly entry: string
  /** What the home page and an open document load without being asked. */
  readonly first: ReadonlySet<string>
}

/** Every browser that the page is built for reads woff2; source maps are for nobody who is offline. */
const NEVER_ASKED = /\.(woff|ttf|map)$/

/** Throws when the build has grown beyond PRECACHE_BYTES, or what is needed first is not in it. */
export function precacheList(
  { files, page, entry, first }: BuildFacts,
  digest: (text: string) => string,
): PrecacheList {
  const kept = files.filter(({ path }) => !NEVER_ASKED.test(path)).sort((a, b) => (a.path < b.path ? -1 : 1))
  const paths = kept.map(({ path }) => path)
  const missing = [...first, entry].filter((path) => !paths.includes(path))
  if (missing.length > 0) throw new Error(`The build has no ${missing.join(', ')}.`)
  const bytes = kept.reduce((sum, file) => sum + file.bytes, 0)
  if (bytes > PRECACHE_BYTES)
    throw new Error(`The build wants ${bytes} bytes of a visitor's disk; ${PRECACHE_BYTES} at most.`)
  return {
    version: digest([page, ...kept.map(({ path, hash }) => `${path} ${hash}`)].join('\n')),
    page,
    entry,
    first: paths.filter((path) => first.has(path)),
    later: paths.filter((path) => !first.has(path)),
  }
}
