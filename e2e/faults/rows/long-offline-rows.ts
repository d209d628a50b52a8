import { createClient, type DocumentHandle } from '@tandem/client'
import { FRAGMENT } from '@tandem/schema/version'
import * as Y from 'yjs'
import { newDocument } from '../kept-work.ts'
import { sql } from '../psql.ts'
import type { Row } from '../row.ts'
import { shiftOwnClock } from '../shifted-clock.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import { SCHEMA_VERSION } from '../writers.ts'

const DAY_MS = 24 * 3_600_000
const EDITS = 10_000
const OTHERS_EDITS = 1_000
const EDITS_PER_PARAGRAPH = 50
/** So many edits are typed before the page gets a turn to keep them, as it does while somebody types. */
const EDITS_PER_TURN = 20
const CHUNK_BYTES = 1024 * 1024

/** One browser is cut off for a day and full of work when it comes back; the others have gone on. */
export const F31: Row = {
  id: 'F31',
  injection:
    'a browser is cut off for 24 h (its clock is put forward by a day) and 10,000 edits, a word each; two others make 1,000 in the same document, and everybody else writes; then the way is there again',
  promised: 'both are merged, nothing is dropped; what was kept goes up in chunks',
  passes:
    'all saved, and everybody has everything <= 20 s after the way is back; no update > 1 MiB; no word lost or doubled',
  async run(stage) {
    const own = shiftOwnClock()
    const documentId = await newDocument(stage, 'A day apart')
    const [nodeA, nodeB] = [stage.cluster.node(0), stage.cluster.node(1)]
    const line = await TcpProxy.before(nodeA.port)
    const options = {
      token: await stage.cluster.token('away'),
      schemaVersion: SCHEMA_VERSION,
      storage: 'memory',
    } as const
    const away = createClient({ url: `http://127.0.0.1:${line.port}`, ...options })
    const others = [stage.client(nodeA), stage.client(nodeB)]
    try {
      const [one, two, three] = [away, ...others].map((client) => client.document(documentId))
      if (one === undefined || two === undefined || three === undefined) throw new RangeError('Three were made.')
      await Promise.all([one, two, three].map((handle) => handle.whenOpen()))
      stage.write()

      line.mode = { kind: 'refuse' }
      line.reset()
      await stage.until('it is cut off', () => connectionOf(one) !== 'live')
      const typed = [
        typeWords(one, 'away', EDITS),
        typeWords(two, 'here', OTHERS_EDITS),
        typeWords(three, 'there', OTHERS_EDITS),
      ]
      await Promise.all(typed)
      own.to(DAY_MS)
      line.mode = { kind: 'pass' }
      const backMs = performance.now()
      await stage.until('it is connected again', () => connectionOf(one) === 'live')
      const connectedMs = performance.now() - backMs
      await stage.until('all of it is saved', () => isSaved(one), 60_000)
      await stage.until('everybody has everything', () =>
        [two, three].every((other) => lengthOf(other) === lengthOf(one)),
      )
      const mergedMs = performance.now() - backMs
      own.end()

      const missing = [one, two, three].map((handle) => missingOf(handle)).reduce((sum, count) => sum + count)
      const rows = `from log_row where document_id = '${documentId}'`
      const largestBytes = Number(await sql(stage, `select max(octet_length("update")) ${rows}`))
      const rowsOfIt = Number(await sql(stage, `select count(*) ${rows}`))
      await stage.settled()
      return { connectedMs, mergedMs, missing, largestBytes, rows: rowsOfIt }
    } finally {
      own.end()
      await Promise.all([away, ...others].map((client) => client.close()))
      await line.close()
    }
  },
  met: ({ mergedMs = Infinity, missing = 1, largestBytes = Infinity }) =>
    mergedMs <= 20_000 && missing === 0 && largestBytes <= CHUNK_BYTES,
}

function connectionOf(handle: DocumentHandle): string {
  const view = handle.getSnapshot()
  return view.status === 'open' ? view.connection : view.status
}

function isSaved(handle: DocumentHandle): boolean {
  const view = handle.getSnapshot()
  return view.status === 'open' && view.saving === 'saved'
}

/** Each word an edit of its own, at the end of a paragraph of its own writer. */
async function typeWords({ doc }: DocumentHandle, who: string, count: number): Promise<void> {
  let text = new Y.XmlText()
  for (let word = 0; word < count; word += 1) {
    if (word % EDITS_PER_PARAGRAPH === 0) {
      const paragraph = new Y.XmlElement('paragraph')
      text = new Y.XmlText()
      doc.transact(() => {
        paragraph.insert(0, [text])
        doc.getXmlFragment(FRAGMENT).push([paragraph])
      })
    }
    text.insert(text.length, `${who}-${word}. `)
    if (word % EDITS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

function lengthOf({ doc }: DocumentHandle): number {
  return doc.getXmlFragment(FRAGMENT).toString().length
}

/** Words that are not there exactly once. */
function missingOf({ doc }: DocumentHandle): number {
  const times = new Map<string, number>()
  for (const [word] of doc
    .getXmlFragment(FRAGMENT)
    .toString()
    .matchAll(/\w+-\d+\./g))
    times.set(word, (times.get(word) ?? 0) + 1)
  const all = { away: EDITS, here: OTHERS_EDITS, there: OTHERS_EDITS }
  return Object.entries(all)
    .flatMap(([who, count]) => Array.from({ length: count }, (_, word) => `${who}-${word}.`))
    .filter((word) => times.get(word) !== 1).length
}
