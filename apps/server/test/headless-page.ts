import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import { FRAGMENT, SCHEMA_VERSION } from '@tandem/schema/version'
import type { DocumentId } from '@tandem/sync'
import { WebSocket as NodeWebSocket } from 'ws'
import * as Y from 'yjs'
import { guestCookie } from './node-fixture.ts'

/** A page without a screen, as a new guest. */
export async function headlessPage({ url }: { readonly url: string }): Promise<TandemClient> {
  const cookie = await guestCookie(url)
  class BrowserLike extends NodeWebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols ?? [], { headers: { cookie, origin: url } })
    }
  }
  return createClient({
    url,
    schemaVersion: SCHEMA_VERSION,
    storage: 'memory',
    WebSocket: BrowserLike as unknown as typeof WebSocket,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('cookie', cookie)
      return fetch(input, { ...init, headers })
    },
  })
}

/** A document of one paragraph, saved. */
export async function written(
  client: TandemClient,
  text: string,
): Promise<{ documentId: DocumentId; handle: DocumentHandle }> {
  const { documentId } = await client.api.documents.create.mutate({ title: 'Written' })
  const handle = client.document(documentId)
  await handle.whenOpen()
  await append(handle, text)
  return { documentId, handle }
}

/** One more paragraph. Resolves when it is saved. */
export async function append(handle: DocumentHandle, text: string): Promise<void> {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(text)])
  handle.doc.getXmlFragment(FRAGMENT).push([paragraph])
  await handle.whenSaved()
}
