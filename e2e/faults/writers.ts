import { createClient, type DocumentHandle, type DocumentView, type TandemClient } from '@tandem/client'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import * as Y from 'yjs'

export { SCHEMA_VERSION }

/** Where writers write: one text of the document, so that a checker can look for their words. */
const FRAGMENT = 'faults'
const SAMPLE_EVERY_MS = 100

/** Somebody who types words that nobody else types, deletes some of its own again, and is watched for what it is told. */
export class Writer {
  readonly name: string
  readonly #token: string
  readonly #documentId: string
  readonly #at: { client: TandemClient; handle: DocumentHandle }
  #leave: () => void
  readonly #url: string
  readonly #schemaVersion: number
  #count = 0
  readonly #lasting = new Set<string>()
  /** Words that were typed, and those of them that were deleted again by their own writer. */
  readonly typed = new Set<string>()
  readonly deleted = new Set<string>()
  /** What was told to be saved: words typed, deletions made, by the time of the last "saved". */
  readonly savedTyped = new Set<string>()
  readonly savedDeleted = new Set<string>()
  /** C6: the page said "saved" while something was unsent. */
  falselySaved = 0
  /** When each push round was saved again after having been unsaved, ms. */
  readonly ackGapsMs: number[] = []
  #unsavedSinceMs: number | undefined
  readonly #stopSampling: () => void

  constructor(options: {
    name: string
    token: string
    documentId: string
    node: { readonly url: string }
    schemaVersion?: number
  }) {
    this.name = options.name
    this.#token = options.token
    this.#documentId = options.documentId
    this.#url = options.node.url
    this.#schemaVersion = options.schemaVersion ?? SCHEMA_VERSION
    this.#at = this.#open()
    this.#leave = this.#at.handle.open()
    const sampling = setInterval(() => this.#sample(), SAMPLE_EVERY_MS)
    this.#stopSampling = () => clearInterval(sampling)
  }

  get text(): string {
    return this.#text.toString()
  }

  get saving(): string {
    const view = this.#at.handle.getSnapshot()
    return view.status === 'open' ? view.saving : view.status
  }

  get isLive(): boolean {
    const view = this.#at.handle.getSnapshot()
    return view.status === 'open' && view.connection === 'live'
  }

  get error(): Error | undefined {
    const view = this.#at.handle.getSnapshot()
    return view.status === 'failed' ? view.error : undefined
  }

  /** It is told that it may not write, or not any more. */
  get isBarred(): boolean {
    const view = this.#at.handle.getSnapshot()
    return view.status === 'failed' || (view.status === 'open' && view.readOnly)
  }

  /** Everything that copies which were put aside for it say. */
  async copiedText(): Promise<string> {
    const copies = await this.#at.client.copies()
    return copies.map(({ whole }) => textOf(whole)).join('')
  }

  /** What the page would show. */
  readonly getSnapshot = (): DocumentView => this.#at.handle.getSnapshot()

  /** Told of every change of that. Returns unsubscribe. */
  readonly subscribe = (listener: () => void): (() => void) => this.#at.handle.subscribe(listener)

  async ready(): Promise<void> {
    await this.#at.handle.whenOpen()
  }

  /** As after a reload of the page: goes on from what this browser has kept. */
  async again(): Promise<void> {
    this.#leave()
    this.#leave = this.#at.handle.open()
    await this.#at.handle.whenOpen()
  }

  /** One operation: mostly a new word at some place, sometimes one of the own words away. */
  write(random: () => number): void {
    if (random() >= 0.15 || !this.#deleteOne(random)) this.#writeWord(random)
  }

  /** Types a word that is never deleted again, so that somebody can wait for it, and returns it. */
  writeLasting(random: () => number): string {
    const word = this.#writeWord(random)
    this.#lasting.add(word)
    return word
  }

  #writeWord(random: () => number): string {
    const text = this.#text
    this.#count += 1
    const word = `<${this.name}:${this.#count.toString().padStart(6, '0')}>`
    text.insert(placeBetweenWords(text.toString(), random), word)
    this.typed.add(word)
    return word
  }

  /** Resolves in the very moment in which it is told that all is saved. */
  async saved(): Promise<void> {
    await this.#at.handle.whenSaved()
  }

  async close(): Promise<void> {
    this.#stopSampling()
    await this.#at.client.close()
  }

  get #text(): Y.Text {
    return this.#at.handle.doc.getText(FRAGMENT)
  }

  #open(): { client: TandemClient; handle: DocumentHandle } {
    const client = createClient({
      url: this.#url,
      token: this.#token,
      schemaVersion: this.#schemaVersion,
      storage: 'memory',
    })
    const handle = client.document(this.#documentId)
    return { client, handle }
  }

  #deleteOne(random: () => number): boolean {
    const words = [...this.typed].filter((word) => !this.deleted.has(word) && !this.#lasting.has(word))
    const word = words[Math.floor(random() * words.length)]
    const at = word === undefined ? -1 : this.text.indexOf(word)
    if (word === undefined || at < 0) return false
    this.#text.delete(at, word.length)
    this.deleted.add(word)
    return true
  }

  #sample(): void {
    const view = this.#at.handle.getSnapshot()
    if (view.status !== 'open') return
    if (view.saving === 'saved' && view.unsentCount > 0) this.falselySaved += 1
    if (view.saving === 'saved') this.#noteSaved()
    else this.#unsavedSinceMs ??= performance.now()
  }

  /** Typing and looking happen in one turn of this process, so what is typed by now is what "saved" speaks of. */
  #noteSaved(): void {
    if (this.#unsavedSinceMs !== undefined) this.ackGapsMs.push(performance.now() - this.#unsavedSinceMs)
    this.#unsavedSinceMs = undefined
    for (const word of this.typed) this.savedTyped.add(word)
    for (const word of this.deleted) this.savedDeleted.add(word)
  }
}

function textOf(update: Uint8Array): string {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  const text = doc.getText(FRAGMENT).toString()
  doc.destroy()
  return text
}

/** A place that splits no word of anybody. */
function placeBetweenWords(text: string, random: () => number): number {
  const places = [0, ...[...text.matchAll(/>/g)].map((match) => match.index + 1)]
  return places[Math.floor(random() * places.length)] ?? 0
}
