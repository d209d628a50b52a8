import { expect, type Locator } from '@playwright/test'
import { axeFindings } from './axe.ts'
import type { Tab } from './tab.ts'

export interface Look {
  readonly name: string
  readonly colorScheme: 'light' | 'dark'
  readonly width: number
}

export const LOOKS: readonly Look[] = [
  { name: 'light', colorScheme: 'light', width: 1100 },
  { name: 'dark', colorScheme: 'dark', width: 1100 },
  { name: 'phone', colorScheme: 'light', width: 390 },
  { name: 'dark phone', colorScheme: 'dark', width: 390 },
]

/** Gathers what axe finds, screen by screen, so that one run tells all of it. */
export class Walk {
  readonly tab: Tab
  readonly findings: string[] = []
  readonly #look: string

  private constructor(tab: Tab, look: string) {
    this.tab = tab
    this.#look = look
  }

  static async start(tab: Tab, { name, colorScheme, width }: Look): Promise<Walk> {
    await tab.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await tab.page.setViewportSize({ width, height: 800 })
    return new Walk(tab, name)
  }

  async see(screen: string, shown: Locator): Promise<void> {
    await expect(shown, screen).toBeVisible()
    this.findings.push(...(await axeFindings(this.tab.page, `${this.#look}, ${screen}`)))
    if (process.env['SCREENS']) {
      const name = `${this.#look} ${screen}`.replaceAll(/[^a-z0-9]+/gi, '-')
      await this.tab.page.screenshot({ path: `${process.env['SCREENS']}/${name}.png` })
    }
  }

  /** Sees what opens, and closes it by the key that closes everything. */
  async seeOpened(screen: string, opener: Locator, shown: Locator): Promise<void> {
    await opener.click()
    await this.see(screen, shown)
    await this.tab.page.keyboard.press('Escape')
    await expect(shown, screen).toBeHidden()
  }
}
