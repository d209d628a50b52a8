/**
 * How long it takes from asking for a document's page until its text is on the screen: for somebody whose browser has never been here, and for
 * somebody who has read it before, in a browser that keeps what it has compiled (a private window does not), by its address and by a click on
 * it in the list; and until it can be written in, as a picture of its beginning is shown before. One node (embedded database) that has the document at hand; everything on this machine. For
 * `pnpm bench W13`. Prints figures as one line of JSON, in ms.
 */
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { Cluster } from '../support/cluster.ts'
import { largeMarkdown } from '../support/large-markdown.ts'
import { bodyOf, measured, quantilesOf } from '../support/measured.ts'

const TIMES = Number(process.argv[2] ?? 30)
/** Not counted. */
const WARM_UP = 2
const BYTES = 100 * 1024
/** Until what was read is kept on the device, and the shell with it. */
const KEPT_MS = 8_000
/** A page that was opened has this long to become idle. */
const IDLE_MS = 2_000

/** From the navigation's start until the frame was drawn: that which had the first text, and that with the text itself. */
interface Took {
  readonly seenMs: number
  readonly openMs: number
}

type WatchedWindow = { seenMs?: number; openMs?: number }

await measured(async (browser, folder, launch) => {
  const cluster = await Cluster.start(
    { nodes: 1, database: 'sqlite', redis: false, nginx: false },
    { folder, postgres: () => Promise.reject(new Error('There is none.')) },
  )
  try {
    const base = `http://localhost:${cluster.portOf(0)}`
    const address = await written(browser, base)
    const first = await times(async () => {
      const context = await browser.newContext()
      const tookMs = await opened(context, address)
      await context.close()
      return tookMs
    })
    const reader = await browser.browserType().launchPersistentContext(join(folder, 'profile'), launch)
    const page = await reader.newPage()
    await page.goto(address)
    await bodyOf(page).waitFor()
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await page.waitForTimeout(KEPT_MS)
    await page.close()
    const again = await times(() => opened(reader, address))
    const listed = await times(() => openedFromList(reader, base))
    await reader.close()
    return { ...quantiles('first', first), ...quantiles('again', again), ...quantiles('listed', listed) }
  } finally {
    await cluster.stop()
  }
})

/** The address of a document that somebody has imported. */
async function written(browser: Browser, base: string): Promise<string> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(base)
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Import' }).first().click()
  const buffer = Buffer.from(largeMarkdown(BYTES))
  await (await chooser).setFiles({ name: 'long.md', mimeType: 'text/markdown', buffer })
  await page.waitForURL(/\/d\/[\w-]+$/)
  await bodyOf(page).waitFor()
  return page.url()
}

function quantiles(name: string, took: readonly Took[]): Record<string, number> {
  const [seen, open] = [took.map(({ seenMs }) => seenMs), took.map(({ openMs }) => openMs)]
  return { ...quantilesOf(name, seen), ...quantilesOf(`${name}Open`, open) }
}

async function times(openOnce: () => Promise<Took>): Promise<Took[]> {
  const took: Took[] = []
  for (let time = 0; time < WARM_UP + TIMES; time += 1) took.push(await openOnce())
  return took.slice(WARM_UP)
}

async function opened(context: BrowserContext, address: string): Promise<Took> {
  const page = await context.newPage()
  await page.addInitScript(watchForText)
  await page.goto(address, { waitUntil: 'commit' })
  const took = await tookOf(page)
  await page.close()
  return took
}

/** From the click instead, on a page that is idle. */
async function openedFromList(context: BrowserContext, base: string): Promise<Took> {
  const page = await context.newPage()
  await page.addInitScript(watchForText)
  await page.goto(base)
  const link = page.getByRole('list', { name: 'Documents' }).getByRole('link').first()
  await link.waitFor()
  await page.waitForTimeout(IDLE_MS)
  const startMs = await link.evaluate((element) => {
    setTimeout(() => (element as HTMLElement).click())
    return performance.now()
  })
  const { seenMs, openMs } = await tookOf(page)
  await page.close()
  return { seenMs: seenMs - startMs, openMs: openMs - startMs }
}

/** Runs in the page, before anything of it. A message that is sent from within a frame comes when that has been drawn. */
function watchForText(): void {
  const watched = window as WatchedWindow
  const note = (what: keyof WatchedWindow) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => (watched[what] = performance.now()))
      port1.start()
      port2.postMessage(undefined)
    })
  let isSeen = false
  new MutationObserver((_, look) => {
    if (!isSeen && document.querySelector('.ProseMirror')?.textContent) note('seenMs')
    isSeen ||= Boolean(document.querySelector('.ProseMirror')?.textContent)
    if (!document.querySelector('.ProseMirror[contenteditable]')?.textContent) return
    look.disconnect()
    note('openMs')
  }).observe(document, { childList: true, subtree: true })
}

async function tookOf(page: Page): Promise<Took> {
  const found = await page.waitForFunction(() => {
    const { seenMs, openMs } = window as WatchedWindow
    return seenMs !== undefined && openMs !== undefined && { seenMs, openMs }
  })
  return (await found.jsonValue()) as Took
}
