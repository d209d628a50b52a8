import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type LaunchOptions, type Page } from '@playwright/test'
import { chromium as installedChromium } from '../../scripts/parts/machine.mjs'
import { buildPage } from '../../scripts/parts/workspace.mjs'

/**
 * Builds the page, starts Chromium, and prints what is measured as one line of JSON, in ms. `folder`: for whatever it starts, gone afterwards;
 * `launch`: how, for another one.
 */
export async function measured(
  measure: (browser: Browser, folder: string, launch: LaunchOptions) => Promise<Readonly<Record<string, number>>>,
): Promise<void> {
  buildPage()
  const folder = mkdtempSync(join(tmpdir(), 'tandem-measured-'))
  chmodSync(folder, 0o755) // PostgreSQL runs as a user of its own
  const executablePath = installedChromium() // without one on the machine: Playwright's own build
  const launch: LaunchOptions = {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu'],
  }
  const browser = await chromium.launch(launch)
  try {
    console.log(JSON.stringify(await measure(browser, folder, launch)))
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of what may be typed into. */
export const bodyOf = (page: Page) => page.locator('.ProseMirror[contenteditable=true]')

/** `P50`, `P95` and `P99`, by that name with `name` before it. */
export function quantilesOf(name: string, tookMs: readonly number[]): Record<string, number> {
  const sorted = tookMs.toSorted((one, other) => one - other)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { [`${name}P50`]: at(0.5), [`${name}P95`]: at(0.95), [`${name}P99`]: at(0.99) }
}
