import { createElement, StrictMode, type FunctionComponent } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { createClient } from './client.ts'
import {
  TandemProvider,
  useConnection,
  useDocument,
  useLiveConnection,
  useOthers,
  usePeopleMayBeMissing,
  usePresence,
  useSelf,
  useTandem,
  useUnsentDocuments,
} from './react.ts'

const documentId = 'document-under-test'

/** A client whose sockets and calls must not be made. */
function untouchableClient() {
  const NoSocket = function () {
    throw new Error('IO in render')
  } as unknown as typeof WebSocket
  return createClient({
    url: 'http://tandem.test',
    schemaVersion: 1,
    storage: 'memory',
    WebSocket: NoSocket,
    fetch: () => expect.unreachable('IO in render'),
  })
}

test('rendering does no IO, and every hook has something to show at once', async () => {
  const client = untouchableClient()
  const seen: unknown[] = []
  const Page: FunctionComponent = () => {
    seen.push(
      useTandem() === client,
      useDocument(documentId).status,
      useConnection(documentId),
      usePresence(documentId),
      useOthers(documentId),
      useSelf(documentId),
      usePeopleMayBeMissing(documentId),
      useLiveConnection(),
      useUnsentDocuments(),
    )
    return null
  }
  renderToString(createElement(StrictMode, null, createElement(TandemProvider, { client }, createElement(Page))))
  expect(seen.slice(0, 9)).toEqual([
    true,
    'loading',
    'reconnecting',
    [],
    [],
    undefined,
    false,
    'reconnecting',
    new Set(),
  ])
  await client.close()
})

test('without a provider the hooks say what to do', () => {
  const Page: FunctionComponent = () => {
    useDocument(documentId)
    return null
  }
  expect(() => renderToString(createElement(Page))).toThrow(/<TandemProvider/)
})
