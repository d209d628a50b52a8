/** A client in a process of its own, so that it can be stopped as a whole. Told what to open by its parent, and asked how it is. */
import { createClient } from '@tandem/client'
import { PROBES } from '../probes.ts'
import type { ReaderAnswer, ReaderOrder } from '../reader-process.ts'
import { SCHEMA_VERSION } from '../writers.ts'

let socketsOpened = 0
class CountedSocket extends WebSocket {
  constructor(url: string | URL) {
    super(url)
    socketsOpened += 1
  }
}

function open({ url, token, documentId }: Extract<ReaderOrder, { kind: 'open' }>): (question: number) => ReaderAnswer {
  const client = createClient({
    url,
    token,
    schemaVersion: SCHEMA_VERSION,
    storage: 'memory',
    WebSocket: CountedSocket,
  })
  const handle = client.document(documentId)
  handle.open()
  let [wasLive, partings] = [false, 0]
  handle.subscribe(() => {
    const view = handle.getSnapshot()
    const isLive = view.status === 'open' && view.connection === 'live'
    if (wasLive && !isLive) partings += 1
    wasLive = isLive
  })
  return (question) => ({
    question,
    isLive: wasLive,
    socketsOpened,
    partings,
    probes: handle.doc.getMap(PROBES).toJSON(),
  })
}

let answer: ((question: number) => ReaderAnswer) | undefined
process.on('message', (order: ReaderOrder) => {
  if (order.kind === 'open') answer = open(order)
  else process.send?.(answer?.(order.question))
})
process.on('disconnect', () => process.exit(0))
