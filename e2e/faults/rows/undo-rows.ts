import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import * as Y from 'yjs'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { SCHEMA_VERSION } from '../writers.ts'

const FRAGMENT = 'body'
const UNDOS = 50
const TEMPLATE = '# Minutes\n\nWhat was here first.\n'
/** Stands for y-prosemirror's plugin key, under which the page's editor writes: the only origin that its undo manager follows. */
const EDITOR = { name: 'y-sync' }

export const F53: Row = {
  id: 'F53',
  injection: `undo and redo ${UNDOS} times right after opening, with an undo manager as the page has it, made before the text arrives and while somebody else types; then once more after a word of one’s own. The real editor and its keys: e2e/together.spec.ts, in every \`npm test\``,
  promised: 'undo knows only what was typed in this editor',
  passes: 'the others’ and the initial content unchanged; of one’s own word nothing left',
  async run(stage, partMs) {
    stage.write()
    const token = await stage.cluster.token('undoer')
    const rounds: Undone[] = []
    const untilMs = performance.now() + partMs * 2
    while (performance.now() < untilMs) rounds.push(await undone(stage, token))
    await stage.settled()
    const count = (is: (round: Undone) => boolean): number => rounds.filter(is).length
    return {
      documents: rounds.length,
      undosThatDidSomething: rounds.reduce((sum, { steps }) => sum + steps, 0),
      changedContents: count(({ isSame }) => !isSame),
      ownWordsLeft: count(({ isOwnGone }) => !isOwnGone),
    }
  },
  met: ({ documents = 0, undosThatDidSomething = 1, changedContents = 1, ownWordsLeft = 1 }) =>
    documents > 0 && undosThatDidSomething + changedContents + ownWordsLeft === 0,
}

interface Undone {
  /** Undos right after opening that found something to undo. */
  readonly steps: number
  readonly isSame: boolean
  readonly isOwnGone: boolean
}

async function undone(stage: Stage, token: string): Promise<Undone> {
  const owner = stage.client()
  const other = stage.client(stage.cluster.node(1))
  const url = `http://127.0.0.1:${stage.cluster.node(0).port}`
  const page = createClient({ url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
  try {
    const markdown = Buffer.from(TEMPLATE).toString('base64')
    const { documentId } = await owner.api.documents.import.mutate({ markdown })
    const others = other.document(documentId)
    await others.whenOpen()
    let words = 0
    const typing = setInterval(() => append(others.doc, `theirs ${(words += 1)}`), 20)
    const handle = page.document(documentId)
    const undo = new Y.UndoManager(handle.doc.getXmlFragment(FRAGMENT), { trackedOrigins: new Set([EDITOR]) })
    handle.open()
    let steps = 0
    const undoAndRedo = async (): Promise<void> => {
      for (let step = 0; step < UNDOS; step += 1) {
        if (undo.undo() !== null) steps += 1
        if (step % 10 === 0) await stage.wait(10)
      }
      for (let step = 0; step < UNDOS; step += 1) undo.redo()
    }
    await undoAndRedo()
    await handle.whenOpen()
    await undoAndRedo()
    clearInterval(typing)
    const stepsBefore = steps
    handle.doc.transact(() => append(handle.doc, 'my own word'), EDITOR)
    for (let step = 0; step < UNDOS; step += 1) undo.undo()
    undo.destroy()
    await stage.until(
      'both have it all',
      () => isSettled(handle) && isSettled(others) && content(handle) === content(others),
    )
    const text = content(handle)
    const isWhole = text.includes('What was here first.') && every(words, (word) => text.includes(`theirs ${word}<`))
    return { steps: stepsBefore, isSame: isWhole, isOwnGone: !text.includes('my own word') }
  } finally {
    await Promise.all([owner, other, page].map((client: TandemClient) => client.close()))
  }
}

function append(doc: Y.Doc, words: string): void {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(words)])
  doc.getXmlFragment(FRAGMENT).push([paragraph])
}

function content({ doc }: DocumentHandle): string {
  return doc.getXmlFragment(FRAGMENT).toString()
}

function isSettled(handle: DocumentHandle): boolean {
  const view = handle.getSnapshot()
  return view.status === 'open' && view.connection === 'live' && view.saving === 'saved'
}

function every(count: number, holds: (number: number) => boolean): boolean {
  return Array.from({ length: count }, (_, index) => index + 1).every(holds)
}
