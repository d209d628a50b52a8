import type { DocumentHandle, TandemClient } from '@tandem/client'
import { FRAGMENT } from '@tandem/schema'
import * as Y from 'yjs'
import { FULL_PART_MS } from '../perform.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { watchedPaste } from '../watched-paste.ts'

const WORDS_PER_PARAGRAPH = 20
/** 200,000 words, 5 MB. */
const PASTED_PARAGRAPHS = 10_000
/** 20 MB. */
const TOO_MANY_PARAGRAPHS = 40_000
const PAUSE_BEFORE_KILL_MS = 150

/** One paste that is larger than any update may be: all of it or nothing, for everybody, whatever dies meanwhile. */
export const F37: Row = {
  id: 'F37',
  injection:
    'paste 5 MB (200,000 words): in a browser, with somebody else’s open on the other node (2,000 paragraphs); as 10,000 paragraphs, then once more while the node is killed; and 20 MB',
  promised: 'it travels in parts that are saved and shown as one; over the limit it is refused and kept as a copy',
  passes:
    '5 MB acked <= 15 s; applied <= 200 ms at the others, longest task of their page <= 200 ms; nobody sees a part of it; 20 MB: a clean refusal with a copy',
  async run(stage, partMs) {
    // A short run is not judged, and needs no browser. Nobody else pastes meanwhile: the machine is the browsers'.
    const inBrowser = partMs === FULL_PART_MS ? await watchedPaste(stage.cluster) : undefined
    const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
    const [writing, reading] = [stage.client(a), stage.client(b)]
    const { documentId } = await writing.api.documents.create.mutate({ title: 'Pasted' })
    const reader = await opened(reading, documentId)
    const watched = watch(reader.doc)
    stage.write()

    const writer = await opened(writing, documentId)
    const ackMs = await pasted(stage, writer, PASTED_PARAGRAPHS)
    await stage.until('the reader has it', () => bodyOf(reader).length === PASTED_PARAGRAPHS)

    // The sender's own socket goes to a proxy, so that it can move on to the other node.
    const moving = stage.movingClient(a)
    const mover = await opened(moving, documentId)
    const again = pasted(stage, mover, PASTED_PARAGRAPHS)
    await stage.wait(PAUSE_BEFORE_KILL_MS)
    await a.kill(b)
    const movedAckMs = await again
    await stage.until('the reader has it twice', () => bodyOf(reader).length === 2 * PASTED_PARAGRAPHS)

    const greedy = stage.client(b)
    const tooMuch = await opened(greedy, documentId)
    insertParagraphs(tooMuch.doc, TOO_MANY_PARAGRAPHS)
    await stage.until('the largest paste is refused', () => tooMuch.getSnapshot().status === 'failed')
    await stage.until('it is kept as a copy', async () => (await greedy.copies()).length === 1)

    await Promise.all([writing, reading, moving, greedy].map((client) => client.close()))
    await a.start()
    await stage.settled()
    return { ackMs, movedAckMs, appliedMs: watched.longestMs, halves: watched.halves, ...inBrowser }
  },
  met: ({ ackMs = Infinity, appliedMs = Infinity, halves = 1, savedAndShownMs = Infinity, longestTaskMs = Infinity }) =>
    Math.max(ackMs, savedAndShownMs) <= 15_000 && Math.max(appliedMs, longestTaskMs) <= 200 && halves === 0,
}

async function opened(client: TandemClient, documentId: string): Promise<DocumentHandle> {
  const handle = client.document(documentId)
  await handle.whenOpen()
  return handle
}

/** From the paste to "saved", ms. */
async function pasted(stage: Stage, handle: DocumentHandle, paragraphs: number): Promise<number> {
  insertParagraphs(handle.doc, paragraphs)
  return stage.until('the paste is saved', () => {
    const view = handle.getSnapshot()
    return view.status === 'open' && view.saving === 'saved'
  })
}

function insertParagraphs(doc: Y.Doc, count: number): void {
  const paragraphs = Array.from({ length: count }, (_, index) => {
    const paragraph = new Y.XmlElement('paragraph')
    const words = Array.from({ length: WORDS_PER_PARAGRAPH }, (__, word) => `word-${index}-${word}-of-a-long-text`)
    paragraph.insert(0, [new Y.XmlText(words.join(' '))])
    return paragraph
  })
  doc.transact(() => doc.getXmlFragment(FRAGMENT).push(paragraphs))
}

function bodyOf({ doc }: DocumentHandle): Y.XmlFragment {
  return doc.getXmlFragment(FRAGMENT)
}

/** What a reader's screen would show after every transaction, and how long the longest of them held its thread. */
function watch(doc: Y.Doc): { readonly longestMs: number; readonly halves: number } {
  const watched = { longestMs: 0, halves: 0 }
  let startedMs = 0
  doc.on('beforeTransaction', () => (startedMs = performance.now()))
  doc.on('afterTransaction', () => {
    watched.longestMs = Math.max(watched.longestMs, performance.now() - startedMs)
    if (doc.getXmlFragment(FRAGMENT).length % PASTED_PARAGRAPHS !== 0) watched.halves += 1
  })
  return watched
}
