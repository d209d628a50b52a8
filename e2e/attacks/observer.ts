import { chromium, type Locator, type Page } from '@playwright/test'
import { chromium as chromiumOfMachine } from '../../scripts/parts/machine.mjs'
import type { Target } from './target.ts'

const OPEN_WITHIN_MS = 30_000

/** A guest in a real browser, who has the document open in the real page and does nothing but look. */
export class Observer {
  readonly page: Page
  /** What the page asked anybody but the node for. */
  readonly outbound: string[] = []
  /** What was thrown in the page and caught by nobody. */
  readonly thrown: string[] = []
  readonly #close: () => Promise<void>

  private constructor(page: Page, origin: string, close: () => Promise<void>) {
    this.page = page
    this.#close = close
    page.on('pageerror', (error) => this.thrown.push(error.message))
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (/^https?:$/.test(url.protocol) && url.origin !== origin) this.outbound.push(request.url())
    })
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== new URL(origin).host) this.outbound.push(socket.url())
    })
  }

  /** Resolves when the page shows the document, or that it cannot: see `state`. */
  static async open(target: Target, documentId: string): Promise<Observer> {
    const executablePath = chromiumOfMachine()
    const browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    })
    try {
      const page = await browser.newPage({ locale: 'en-GB' })
      const observer = new Observer(page, target.url, () => browser.close())
      await page.goto(`${target.url}/d/${documentId}`)
      await observer.body.or(observer.#failed).first().waitFor({ timeout: OPEN_WITHIN_MS })
      return observer
    } catch (error) {
      await browser.close()
      throw error
    }
  }

  get body(): Locator {
    return this.page.getByRole('textbox', { name: 'Document body' })
  }

  /** The carets of others, with their labels. */
  get carets(): Locator {
    return this.body.locator('.remote-caret')
  }

  get #failed(): Locator {
    return this.page.getByRole('alert')
  }

  /** Whether one can write, is told why not, or sees neither: a broken page. */
  async state(): Promise<'writes' | 'is told' | 'is broken'> {
    if (await this.body.isVisible()) return 'writes'
    return (await this.#failed.first().isVisible()) ? 'is told' : 'is broken'
  }

  close(): Promise<void> {
    return this.#close()
  }
}
