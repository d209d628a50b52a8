import type { DocumentHandle, TandemClient } from '@tandem/client'
import { createClient } from '@tandem/client'
import * as Y from 'yjs'
import { newDocument } from '../kept-work.ts'
import { sql } from '../psql.ts'
import { ROOMY, restartWith } from '../restart-with.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { SCHEMA_VERSION } from '../writers.ts'

const FRAGMENT = 'body'
const READERS = 100
const ROUND_MS = 400
const SENTENCE = 'The template says this once.'
const TEMPLATE = `# A new plan\n\n${SENTENCE}\n\n- first\n- second\n`

export const F48: Row = {
  id: 'F48',
  injection: `${READERS} clients on two nodes open the same document right after it was made from a template (imported), all at once, again and again`,
  promised: 'the server writes the template once; opening it writes nothing',
  passes: 'the text is there once for everybody, 50 of 50; 0 rows beyond the import’s own',
  async run(stage, partMs) {
    for (const node of stage.cluster.nodes) await restartWith(node, ROOMY)
    stage.write(1_000)
    const token = await stage.cluster.token('reader')
    const readers = Array.from({ length: READERS }, (_, index) => {
      const { port } = stage.cluster.node(index % stage.cluster.nodes.length)
      return createClient({ url: `http://127.0.0.1:${port}`, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
    })
    try {
      let [seededOnce, rowsOfReaders, slowestMs] = [0, 0, 0]
      const rounds = Math.ceil(partMs / ROUND_MS / 2) * 2
      for (let round = 0; round < rounds; round += 1) {
        const { texts, rows, tookMs } = await openedByAll(stage, readers)
        if (texts.length === READERS && texts.every((text) => text.split(SENTENCE).length === 2)) seededOnce += 1
        rowsOfReaders += rows
        slowestMs = Math.max(slowestMs, tookMs)
      }
      await stage.settled()
      return { documents: rounds, seededOnce, rowsOfReaders, allOpenMaxMs: slowestMs }
    } finally {
      await Promise.all(readers.map((reader) => reader.close()))
    }
  },
  met: ({ documents = 0, seededOnce = 0, rowsOfReaders = 1 }) =>
    documents >= 50 && seededOnce === documents && rowsOfReaders === 0,
}

/** What each of them reads, and how many rows the log has got by it. */
async function openedByAll(
  stage: Stage,
  readers: readonly TandemClient[],
): Promise<{ texts: readonly string[]; rows: number; tookMs: number }> {
  const owner = stage.client()
  const { documentId } = await owner.api.documents.import.mutate({ markdown: Buffer.from(TEMPLATE).toString('base64') })
  await owner.close()
  const rowsBefore = await rowCount(stage, documentId)
  const handles = readers.map((reader) => reader.document(documentId))
  const close = handles.map((handle) => handle.open())
  const tookMs = await stage.until('everybody has it open', () => handles.every(isLive))
  const texts = handles.map(({ doc }) => doc.getXmlFragment(FRAGMENT).toString())
  for (const leave of close) leave()
  return { texts, rows: (await rowCount(stage, documentId)) - rowsBefore, tookMs }
}

function isLive(handle: DocumentHandle): boolean {
  const view = handle.getSnapshot()
  return view.status === 'open' && view.connection === 'live'
}

async function rowCount(stage: Stage, documentId: string): Promise<number> {
  return Number(await sql(stage, `select count(*) from log_row where document_id = '${documentId}'`))
}

export const F55: Row = {
  id: 'F55',
  injection:
    'a document is opened on node B, which has never had it open, while B’s way to PostgreSQL refuses, or is cut in the middle of the load; then the way works',
  promised: 'a failed load is a failure, never an empty document, and leaves nothing behind',
  passes: 'nobody sees it empty; the same content afterwards; 0 rows written',
  async run(stage, partMs) {
    stage.write()
    const token = await stage.cluster.token('opener')
    const rounds: Opened[] = []
    const untilMs = performance.now() + partMs * 2
    while (performance.now() < untilMs) rounds.push(await openedThroughFailure(stage, token))
    await stage.settled()
    const count = (is: (round: Opened) => boolean): number => rounds.filter(is).length
    return {
      loads: rounds.length,
      loadsThatFailedFirst: count(({ failedFirst }) => failedFirst),
      seenEmpty: count(({ seenEmpty }) => seenEmpty),
      otherContents: count(({ same }) => !same),
      rowsWritten: rounds.reduce((sum, { rows }) => sum + rows, 0),
      openAfterHealMaxMs: Math.max(...rounds.map(({ healedMs }) => healedMs)),
    }
  },
  met: ({ loadsThatFailedFirst = 0, seenEmpty = 1, otherContents = 1, rowsWritten = 1 }) =>
    loadsThatFailedFirst > 0 && seenEmpty + otherContents + rowsWritten === 0,
}

interface Opened {
  readonly failedFirst: boolean
  readonly seenEmpty: boolean
  readonly same: boolean
  readonly rows: number
  readonly healedMs: number
}

async function openedThroughFailure(stage: Stage, token: string): Promise<Opened> {
  const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
  const documentId = await newDocument(stage, 'Loaded')
  const at = (node: { port: number }): TandemClient =>
    createClient({ url: `http://127.0.0.1:${node.port}`, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
  const [writer, reader] = [at(a), at(b)]
  try {
    const written = writer.document(documentId)
    await written.whenOpen()
    written.doc.getText('faults').insert(0, 'what was here before the load failed')
    await written.whenSaved()
    const rowsBefore = await rowCount(stage, documentId)
    const handle = reader.document(documentId)
    let seenEmpty = false
    handle.subscribe(() => {
      if (handle.getSnapshot().status === 'open' && handle.doc.getText('faults').length === 0) seenEmpty = true
    })
    const bytes = Math.floor(stage.random.fraction() * 2_000)
    b.postgres.mode = stage.random.fraction() < 0.5 ? { kind: 'refuse' } : { kind: 'cut-after', bytes }
    b.postgres.reset()
    handle.open()
    await stage.wait(300)
    const failedFirst = !isLive(handle)
    b.postgres.mode = { kind: 'pass' }
    const healedMs = await stage.until('it opens', () => isLive(handle))
    await stage.wait(100)
    const same = sameContent(handle.doc, written.doc)
    return { failedFirst, seenEmpty, same, rows: (await rowCount(stage, documentId)) - rowsBefore, healedMs }
  } finally {
    b.postgres.mode = { kind: 'pass' }
    await Promise.all([writer.close(), reader.close()])
  }
}

function sameContent(one: Y.Doc, other: Y.Doc): boolean {
  const isSameLog = Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other))
  return isSameLog && one.getText('faults').toString() === other.getText('faults').toString()
}
