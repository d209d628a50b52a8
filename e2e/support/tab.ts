import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test'
import type { NetworkLine } from './network-line.ts'
import { until } from './until.ts'

const DOCUMENT_URL = /\/d\/([A-Za-z0-9_-]+)$/

/** The word of the status when everything typed is on the server's disk. */
export const SAVED = 'Saved'
export const OFFLINE = 'Offline. Changes are kept on this device'

/** Inside `until`, which looks again sooner than an `expect` of its own does: that waits up to a second between two looks. */
const NOW = { timeout: 1 }

/** A file as a person chooses it. */
export interface ChosenFile {
  readonly name: string
  readonly bytes: Uint8Array | string
}

/** One tab of one person, in the words of the product. Whatever is missing here is on `page`. */
export class Tab {
  readonly page: Page
  /** Its browser's way to the servers; tabs of one browser share it. */
  readonly line: NetworkLine

  constructor(page: Page, line: NetworkLine) {
    this.page = page
    this.line = line
  }

  get context(): BrowserContext {
    return this.page.context()
  }

  get body(): Locator {
    return this.page.getByRole('textbox', { name: 'Document body' })
  }

  get title(): Locator {
    return this.page.getByRole('textbox', { name: 'Document title' })
  }

  /** "Saved", "Saving…", "Offline. Changes are kept on this device". */
  get saving(): Locator {
    return this.page.getByRole('status').filter({ hasText: /^(Saved|Saving…|Offline\..*)$/ })
  }

  get peopleHere(): Locator {
    return this.page.getByRole('list', { name: 'People here' }).getByRole('listitem')
  }

  /** Why the text cannot be changed, if it cannot. */
  get banner(): Locator {
    return this.page.getByRole('note')
  }

  /** The list of documents on the home page, by title. */
  listed(title: string): Locator {
    return this.page.getByRole('list', { name: 'Documents' }).getByRole('link', { name: title, exact: true })
  }

  /** Somebody else's caret in the text. */
  caretOf(name: string): Locator {
    return this.body.locator('.remote-caret').filter({ hasText: name })
  }

  /** Goes to the home page; signed in as a guest when it resolves. */
  async home(): Promise<void> {
    await this.page.goto('/')
    const button = this.page.getByRole('button', { name: 'New document', exact: true })
    await until('the home page is there', () => expect(button).toBeVisible(NOW))
  }

  /** On the home page: makes a document and is in it. Resolves with its id. */
  async newDocument(): Promise<string> {
    await this.#beHome()
    await this.page.getByRole('button', { name: 'New document', exact: true }).first().click()
    return this.#arrive()
  }

  /** On the home page: chooses a Markdown file; is in the new document when it resolves, with its id. */
  async importMarkdown(file: ChosenFile): Promise<string> {
    await this.chooseImport(file)
    return this.#arrive()
  }

  /** On the home page: chooses a file that may well be refused; does not wait for what comes of it. */
  async chooseImport({ name, bytes }: ChosenFile): Promise<void> {
    await this.#beHome()
    const chooser = this.page.waitForEvent('filechooser')
    await this.page.getByRole('button', { name: 'Import' }).first().click()
    await (await chooser).setFiles({ name, mimeType: 'text/markdown', buffer: Buffer.from(bytes) })
  }

  /** Opens a document by its link; it can be typed into when it resolves. */
  async open(documentId: string): Promise<void> {
    await this.page.goto(`/d/${documentId}`)
    await this.#arrive()
  }

  /** Opens a document that cannot be written in; it is drawn when it resolves. */
  async openReadOnly(documentId: string): Promise<void> {
    await this.page.goto(`/d/${documentId}`)
    await until('the text is shown, and read-only', () =>
      expect(this.body).toHaveAttribute('contenteditable', 'false', NOW),
    )
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.#arrive()
  }

  /** Types at the end of the text, key by key. */
  async type(text: string): Promise<void> {
    await this.body.press('Control+End')
    await this.body.pressSequentially(text)
  }

  /** Types where the caret is. */
  async typeHere(text: string): Promise<void> {
    await this.page.keyboard.type(text)
  }

  /** Puts a text on the clipboard and pastes it where the caret is. */
  async paste(text: string): Promise<void> {
    await this.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await this.body.focus()
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await this.page.keyboard.press('Control+v')
  }

  /** The same with what a page or a program says of its look. */
  async pasteHtml(html: string, text: string): Promise<void> {
    await this.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await this.body.focus()
    await this.page.evaluate(
      async (kinds) => {
        const blobs = Object.entries(kinds).map(([type, content]) => [type, new Blob([content], { type })] as const)
        await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))])
      },
      { 'text/html': html, 'text/plain': text },
    )
    await this.page.keyboard.press('Control+v')
  }

  /** The text without the carets drawn into it, a line for each block. */
  async text(): Promise<string> {
    return (await this.#blocks()).map(({ text }) => text).join('\n')
  }

  /** The text with what each block is: "h1 Plan", "ul …". Two tabs with equal structure show the same document. */
  async structure(): Promise<string[]> {
    return (await this.#blocks()).map(({ tag, text }) => `${tag} ${text}`)
  }

  /** On the home page: the name this person goes by. */
  async name(): Promise<string> {
    await this.#beHome()
    const label = await this.#account().getAttribute('aria-label')
    return /^You are (.*)\. Change your name$/.exec(label ?? '')?.[1] ?? ''
  }

  /** On the home page: takes another name. */
  async changeName(name: string): Promise<void> {
    await this.#beHome()
    await this.#account().click()
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(name)
    await this.page.getByRole('button', { name: 'Save name' }).click()
    await expect(this.#account()).toHaveAccessibleName(`You are ${name}. Change your name`)
  }

  async #beHome(): Promise<void> {
    if (!URL.canParse(this.page.url()) || new URL(this.page.url()).pathname !== '/') await this.home()
  }

  #account(): Locator {
    return this.page.getByRole('button', { name: /^You are / })
  }

  async #arrive(): Promise<string> {
    await this.page.waitForURL(DOCUMENT_URL)
    await until('the text can be written in', () => expect(this.body).toHaveAttribute('contenteditable', 'true', NOW))
    return DOCUMENT_URL.exec(this.page.url())?.[1] ?? ''
  }

  async #blocks(): Promise<{ tag: string; text: string }[]> {
    return this.body.evaluate((body) => {
      const plain = body.cloneNode(true) as HTMLElement
      for (const drawn of plain.querySelectorAll('.remote-caret, .ProseMirror-trailingBreak, .ProseMirror-separator'))
        drawn.remove()
      return [...plain.children].map((block) => ({ tag: block.tagName.toLowerCase(), text: block.textContent ?? '' }))
    })
  }
}
