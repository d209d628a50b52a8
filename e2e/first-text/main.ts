/**
 * How long it takes from asking for a document's page until its text is on the screen: for somebody whose browser has never been here, and for
 * somebody who has read it before, in a browser that keeps what it has compiled (a private window does not), by its address and by a click on
 * it in the list. One node (embedded database) that has the document at hand; everything on this machine. For
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

type WatchedWindow = { firstTextMs?: number }

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
    return { ...quantilesOf('first', first), ...quantilesOf('again', again), ...quantilesOf('listed', listed) }
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

async function times(openOnce: () => Promise<number>): Promise<number[]> {
  const tookMs: number[] = []
  for (let time = 0; time < WARM_UP + TIMES; time += 1) tookMs.push(await openOnce())
  return tookMs.slice(WARM_UP)
}

/** From the navigation's start until the page has drawn the frame with the first text. */
async function opened(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage()
  await page.addInitScript(watchForText)
  await page.goto(address, { waitUntil: 'commit' })
  const tookMs = await firstTextOf(page)
  await page.close()
  return tookMs
}

/** From the click, on a page that is idle, until then. */
async function openedFromList(context: BrowserContext, base: string): Promise<number> {
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
  const tookMs = (await firstTextOf(page)) - startMs
  await page.close()
  return tookMs
}

/** Runs in the page, before anything of it. A message that is sent from within a frame comes when that has been drawn. */
function watchForText(): void {
  new MutationObserver((_, look) => {
    if (!document.querySelector('.ProseMirror')?.textContent) return
    look.disconnect()
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => ((window as WatchedWindow).firstTextMs = performance.now()))
      port1.start()
      port2.postMessage(undefined)
    })
  }).observe(document, { childList: true, subtree: true })
}

async function firstTextOf(page: Page): Promise<number> {
  const found = await page.waitForFunction(() => (window as WatchedWindow).firstTextMs)
  return Number(await found.jsonValue())
}
