import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { chromium as chromiumOfMachine } from '../../scripts/parts/machine.mjs'
import { must } from './attack.ts'
import type { Target } from './target.ts'

const WITHIN_MS = 30_000
const DOCUMENT = /\/d\/[\w-]+$/

export type ExportFormat = 'docx' | 'html' | 'md' | 'txt'
const LINES: Readonly<Record<ExportFormat, RegExp>> = {
  docx: /^Word/,
  html: /^Web page/,
  md: /^Markdown/,
  txt: /^Plain text/,
}

/**
 * Somebody with a real browser in which no content security policy holds: what keeps hostile content from running here is only
 * how it was taken in and drawn. Whatever runs all the same, wherever in it, is counted, and so is whoever is asked for anything.
 */
export class ReadingRoom {
  readonly page: Page
  readonly folder = mkdtempSync(join(tmpdir(), 'tandem-reading-'))
  /** Payloads that ran, dialogs and windows that opened. */
  ran = 0
  /** What was asked of anybody but the node, and answered by nobody; but for pictures in the text, which are shown from where they are. */
  readonly outbound: string[] = []
  /** Pictures in the text that are somewhere on the web. */
  pictures = 0
  readonly #context: BrowserContext
  readonly #target: Target

  private constructor(target: Target, context: BrowserContext, page: Page) {
    this.#target = target
    this.#context = context
    this.page = page
  }

  static async open(target: Target): Promise<ReadingRoom> {
    const executablePath = chromiumOfMachine()
    const browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    })
    const context = await browser.newContext({
      baseURL: target.url,
      locale: 'en-GB',
      bypassCSP: true,
      serviceWorkers: 'block',
      acceptDownloads: true,
    })
    const room = new ReadingRoom(target, context, await context.newPage())
    await room.#watch()
    return room
  }

  async #watch(): Promise<void> {
    const count = () => void (this.ran += 1)
    await this.#context.exposeBinding('reportRan', count)
    await this.#context.addInitScript(() => {
      const hook = () => (window as unknown as { reportRan(): void }).reportRan()
      Object.assign(window, { ran: hook, alert: hook, prompt: hook, confirm: hook })
    })
    this.#context.on('dialog', (dialog) => (count(), void dialog.dismiss()))
    await this.#context.route(
      (url) => /^(?:https?|wss?|ftp):$/.test(url.protocol) && url.origin !== this.#target.url,
      (route) => {
        if (route.request().resourceType() === 'image') this.pictures += 1
        else this.outbound.push(`${route.request().resourceType()} ${route.request().url()}`)
        return route.abort()
      },
    )
  }

  get body(): Locator {
    return this.page.getByRole('textbox', { name: 'Document body' })
  }

  async openDocument(documentId: string): Promise<void> {
    await this.page.goto(`/d/${documentId}`)
    await this.body.waitFor({ timeout: WITHIN_MS })
  }

  async newDocument(): Promise<void> {
    await this.page.goto('/')
    await this.page.getByRole('button', { name: 'New document' }).first().click()
    await this.page.waitForURL(DOCUMENT)
    await this.body.waitFor({ timeout: WITHIN_MS })
    await this.body.click()
  }

  /** As a browser hands over what another program has put on the clipboard. */
  async paste(html: string): Promise<void> {
    await this.body.evaluate((body, copied) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/html', copied)
      body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, html)
  }

  /** Resolves when the new document is open; rejects with why it was refused. */
  async importFile(name: string, file: Buffer | string): Promise<void> {
    const refused = await this.tryImport(name, file)
    must(refused === undefined, `${name} was not imported: ${refused}`)
    await this.body.waitFor({ timeout: WITHIN_MS })
  }

  /** A file as it is chosen, by its bytes or its path. Resolves with why it was refused, in the page's words; undefined: the document is open. */
  async tryImport(name: string, file: Buffer | string): Promise<string | undefined> {
    await this.page.goto('/')
    const picker = this.page.locator('input[type=file]')
    await picker.waitFor({ state: 'attached', timeout: WITHIN_MS })
    const mimeType = 'application/octet-stream'
    await picker.setInputFiles(typeof file === 'string' ? file : { name, mimeType, buffer: file })
    const refusal = this.page.getByText('was not imported')
    await Promise.race([
      this.page.waitForURL(DOCUMENT, { timeout: 2 * WITHIN_MS }),
      refusal.waitFor({ timeout: 2 * WITHIN_MS }),
    ])
    return DOCUMENT.test(this.page.url()) ? undefined : refusal.locator('xpath=../..').innerText()
  }

  /** Takes the open document out; resolves with where the file is and what it would be called. */
  async taken(format: ExportFormat): Promise<{ path: string; name: string }> {
    await this.page.getByRole('button', { name: 'Download', exact: true }).click()
    const refused = this.page.getByText('The document was not downloaded')
    const [file] = await Promise.all([
      Promise.race([
        this.page.waitForEvent('download', { timeout: 2 * WITHIN_MS }),
        refused.waitFor({ timeout: 2 * WITHIN_MS }).then(async () => {
          throw new Error(`no .${format} was written: ${await refused.locator('xpath=../..').innerText()}`)
        }),
      ]),
      this.page.getByRole('menuitem', { name: LINES[format] }).click(),
    ])
    const path = join(this.folder, `taken.${format}`)
    await file.saveAs(path)
    return { path, name: file.suggestedFilename() }
  }

  /** Opens a file as from the disk, in a tab of its own, and says what in it could do harm. */
  async openFromDisk(path: string): Promise<string[]> {
    const page = await this.#context.newPage()
    await page.goto(pathToFileURL(path).href)
    const found = await dangersIn(page.locator('body'))
    await pressEverything(page.locator('body'))
    await page.close()
    return found
  }

  /** What in the open text could do harm, after everything in it has been pressed. */
  async dangers(): Promise<string[]> {
    const found = await dangersIn(this.body)
    await pressEverything(this.body)
    return found
  }

  /** Everything that was under way in the pages has happened. */
  async settle(): Promise<void> {
    for (const page of this.#context.pages())
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300))))
    must(this.#context.pages().length === 1, 'a window was opened')
  }

  async close(): Promise<void> {
    await this.#context.browser()?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Elements, attributes and addresses that nothing of ours has, each in words. */
function dangersIn(place: Locator): Promise<string[]> {
  return place.evaluate((root) => {
    const harmless = new Set(['http:', 'https:', 'mailto:', 'tel:', 'file:'])
    const elements =
      'script,iframe,frame,object,embed,applet,portal,link,meta,base,form,style,svg script,animate,audio,video,template,textarea,select,isindex,marquee'
    const found = [...root.querySelectorAll(elements)].map((element) => `<${element.localName}>`)
    for (const element of root.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        if (/^on/i.test(name)) found.push(`${element.localName} ${name}`)
        if (name === 'style' && /url\(|image-set|expression|fixed/i.test(value)) found.push(`style ${value}`)
        if (name === 'name' || (name === 'id' && /body|cookie|config|prototype|element|view/i.test(value)))
          found.push(`${name}=${value}`)
        if (!/^(?:href|src|action|formaction|xlink:href|data|poster|srcset|background|ping|cite|manifest)$/i.test(name))
          continue
        const isPicture = element.localName === 'img' && /^data:image\/(?:png|jpeg|gif);/.test(value)
        const protocol = URL.canParse(value, document.baseURI) ? new URL(value, document.baseURI).protocol : 'https:'
        if (!isPicture && (!harmless.has(protocol) || name === 'ping'))
          found.push(`${element.localName} ${name}=${value}`)
      }
    }
    return found
  })
}

/** But for what leads to another page, as it should. */
function pressEverything(place: Locator): Promise<void> {
  return place.evaluate((root) => {
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      const link = element.closest('a')
      if (link !== null && /^(?:https?|mailto|tel|file):$/.test(link.protocol)) continue
      for (const type of ['pointerover', 'mouseover', 'focus', 'click', 'auxclick'])
        element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }))
    }
  })
}
