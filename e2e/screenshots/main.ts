/**
 * pnpm screenshots
 *
 * The pictures of the README: a document that three people have open, whole, dark and on a phone. A node of its own, real Chromium.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import { chromium as installedChromium } from '../../scripts/parts/machine.mjs'
import { buildPage } from '../../scripts/parts/workspace.mjs'
import { Cluster } from '../support/cluster.ts'

const TEXT = join(import.meta.dirname, 'spring-release.md')
const PICTURES = join(import.meta.dirname, '../../docs/screenshots')
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 820 } }
const LONG_DESK: BrowserContextOptions = { viewport: { width: 1280, height: 1500 } }
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 800 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
}

/** A person of that name, at home. */
async function person(browser: Browser, url: string, name: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('button', { name: 'New document', exact: true }).first().waitFor()
  const headers = { 'content-type': 'application/json', 'x-tandem': '1', origin: url }
  const renamed = await context.request.post(`${url}/trpc/me.rename`, { headers, data: { name } })
  if (!renamed.ok()) throw new Error(`${name} could not take that name: ${renamed.status()} ${await renamed.text()}`)
  return page
}

const body = (page: Page) => page.getByRole('textbox', { name: 'Document body' })
const paragraph = (page: Page, text: string) => body(page).locator('p').filter({ hasText: text })

async function goTo(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await body(page).waitFor()
  await body(page).getByText('Adds two numbers').waitFor()
  await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor()
  await page.waitForLoadState('networkidle') // fonts, and what comes late
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`) })
}

async function takeAll(browser: Browser, url: string): Promise<void> {
  const ana = await person(browser, url, 'Ana Lima', DESK)
  const chooser = ana.waitForEvent('filechooser')
  await ana.getByRole('button', { name: 'Import' }).first().click()
  await (await chooser).setFiles({ name: 'Spring release.md', mimeType: 'text/markdown', buffer: readFileSync(TEXT) })
  await ana.waitForURL(/\/d\//)
  const address = ana.url()
  await goTo(ana, address)
  await ana.getByRole('button', { name: /star/i }).first().click()

  const ben = await person(browser, url, 'Ben Okafor', DESK)
  const chloe = await person(browser, url, 'Chloé Martin', LONG_DESK)
  await goTo(ben, address)
  await goTo(chloe, address)
  await body(chloe).getByText('What is new').click()
  await body(chloe).press('End')
  await paragraph(ben, 'Announcement on the blog').click()
  await body(ben).press('End')
  await body(ben).pressSequentially(', today')
  await paragraph(ana, 'Announcement on the blog, today').waitFor()
  await body(ana).locator('.remote-caret').nth(1).waitFor({ state: 'attached' })
  await take(ana, 'document')
  await take(chloe, 'blocks')

  await ana.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await body(ben).pressSequentially('.')
  await paragraph(ana, 'Announcement on the blog, today.').waitFor()
  await take(ana, 'dark')

  const phone = await person(browser, url, 'Dana Cruz', PHONE)
  await goTo(phone, address)
  await take(phone, 'mobile')
}

buildPage()
const folder = mkdtempSync(join(tmpdir(), 'tandem-screenshots-'))
const shape = { nodes: 1, database: 'sqlite', redis: false, nginx: false } as const
const cluster = await Cluster.start(shape, {
  folder,
  postgres: () => Promise.reject(new Error('One node on SQLite needs none.')),
})
const executablePath = installedChromium()
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  await takeAll(browser, `http://localhost:${cluster.portOf(0)}`)
} finally {
  await browser.close()
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}
