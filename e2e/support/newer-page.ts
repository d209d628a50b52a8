import { randomBytes } from 'node:crypto'
import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import { FRAGMENT, SCHEMA_VERSION } from '@tandem/schema/version'
import * as Y from 'yjs'
import type { Cluster } from './cluster.ts'

/** What a page of the next version would do to a document, of which only its writing matters to those of today. */
export class NewerPage {
  readonly #client: TandemClient
  readonly #handle: DocumentHandle

  private constructor(client: TandemClient, handle: DocumentHandle) {
    this.#client = client
    this.#handle = handle
  }

  /** As somebody new, on the first node. The document is open when it resolves. */
  static async open(cluster: Cluster, documentId: string): Promise<NewerPage> {
    const client = createClient({
      url: `http://127.0.0.1:${cluster.portOf(0)}`,
      token: await cluster.scriptToken(`${randomBytes(6).toString('hex')}@example.org`),
      schemaVersion: SCHEMA_VERSION + 1,
      storage: 'memory',
    })
    const handle = client.document(documentId)
    await handle.whenOpen()
    return new NewerPage(client, handle)
  }

  get content(): string {
    return this.#fragment.toString()
  }

  /** A block and a mark that today's editor does not know. Resolves when they are saved. */
  async write(words: string): Promise<void> {
    const block = new Y.XmlElement('hologram')
    const text = new Y.XmlText(words)
    block.insert(0, [text])
    text.format(0, words.length, { glow: {} })
    this.#fragment.push([block])
    await this.#handle.whenSaved()
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  get #fragment(): Y.XmlFragment {
    return this.#handle.doc.getXmlFragment(FRAGMENT)
  }
}
