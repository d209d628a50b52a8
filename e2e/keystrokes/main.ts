/**
 * How long a letter takes from a key of one browser to the screen of another: two people in Chromium, on one node (embedded database), then
 * each on a node of their own (PostgreSQL, Redis), everything on this machine. For `pnpm bench W10`. Prints figures as one line of JSON, in ms.
 */
import { chmodSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { startPostgres, type PostgresServer } from '../../scripts/parts/postgres-server.ts'
import { Cluster, type ClusterShape } from '../support/cluster.ts'
import { bodyOf, measured, quantilesOf } from '../support/measured.ts'

const LETTERS = Number(process.argv[2] ?? 300)
/** Not counted: code gets hot, the page's lazy parts arrive. */
const WARM_UP = 30
/** Ten a second: a quick typist. */
const EVERY_MS = 100
const PATIENCE_MS = 10_000
const SHAPES: Readonly<Record<string, ClusterShape>> = {
  one: { nodes: 1, database: 'sqlite', redis: false, nginx: false },
  two: { nodes: 2, database: 'postgres', redis: true, nginx: false },
}

/** What the pages keep, on the clock that all of this machine's pages share (ms since 1970). */
interface Watched {
  readonly pressedAt: number[]
  /** When the text had so many letters more: in the document of the page, and at the start of the frame after the one that draws it. */
  readonly arrivedAt: number[]
  readonly drawnAt: number[]
}
type WatchedWindow = { watched: Watched }

async function measure(browser: Browser, shape: ClusterShape, folder: string): Promise<Record<string, number>> {
  let postgres: Promise<PostgresServer> | undefined
  const cluster = await Cluster.start(shape, {
    folder,
    postgres: () => (postgres ??= startPostgres({ folder: join(folder, 'postgres') })),
  })
  try {
    const writer = await pageAt(browser, cluster.portOf(0))
    await writer.getByRole('button', { name: 'New document' }).first().click()
    await bodyOf(writer).waitFor()
    const reader = await pageAt(browser, cluster.portOf(shape.nodes - 1), new URL(writer.url()).pathname)
    await bodyOf(reader).waitFor()
    await Promise.all([watch(writer), watch(reader)])
    await bodyOf(writer).focus()
    for (let letter = 0; letter < WARM_UP + LETTERS; letter += 1) {
      await writer.keyboard.press('abcdefgh '.charAt(letter % 9))
      await writer.waitForTimeout(EVERY_MS)
    }
    await reader.waitForFunction(
      (count) => (window as unknown as WatchedWindow).watched.drawnAt.length >= count,
      WARM_UP + LETTERS,
      { timeout: PATIENCE_MS },
    )
    const [sent, seen] = [await watchedOf(writer), await watchedOf(reader)]
    const until = (times: readonly number[]) =>
      sent.pressedAt.map((at, index) => (times[index] ?? Number.NaN) - at).slice(WARM_UP)
    return { ...quantilesOf('', until(seen.arrivedAt)), ...quantilesOf('drawn', until(seen.drawnAt)) }
  } finally {
    await cluster.stop()
    await (await postgres)?.child.stop('SIGINT')
  }
}

/** A person of their own. */
async function pageAt(browser: Browser, port: number, path = '/'): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`http://localhost:${port}${path}`)
  return page
}

async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const now = (): number => performance.timeOrigin + performance.now()
    const body = document.querySelector('.ProseMirror')
    if (body === null) throw new Error('There is no text to watch.')
    const watched: Watched = { pressedAt: [], arrivedAt: [], drawnAt: [] }
    ;(window as unknown as WatchedWindow).watched = watched
    addEventListener('keydown', ({ timeStamp }) => watched.pressedAt.push(performance.timeOrigin + timeStamp), true)
    const lettersIn = (): number => {
      const text = body.cloneNode(true) as Element
      for (const caret of text.querySelectorAll('.remote-caret')) caret.remove()
      return text.textContent.length
    }
    const before = lettersIn()
    const drawn = (count: number): void => {
      while (watched.drawnAt.length < count) watched.drawnAt.push(now())
    }
    new MutationObserver(() => {
      const count = lettersIn() - before
      while (watched.arrivedAt.length < count) watched.arrivedAt.push(now())
      // The next frame draws it, the one after begins when that is done.
      requestAnimationFrame(() => requestAnimationFrame(() => drawn(count)))
    }).observe(body, { childList: true, characterData: true, subtree: true })
  })
}

async function watchedOf(page: Page): Promise<Watched> {
  return page.evaluate(() => (window as unknown as WatchedWindow).watched)
}

await measured(async (browser, folder) => {
  const figures: Record<string, number> = {}
  for (const [name, shape] of Object.entries(SHAPES)) {
    const own = mkdtempSync(join(folder, `${name}-`))
    chmodSync(own, 0o755)
    for (const [figure, ms] of Object.entries(await measure(browser, shape, own))) figures[name + figure] = ms
  }
  return figures
})
