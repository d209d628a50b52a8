import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { resolve } from 'node:path'
import * as Y from 'yjs'

/** Every keystroke of a paper as it was written: https://github.com/josephg/editing-traces, kept outside the repository. */
const TRACE = resolve(import.meta.dirname, '../../../../../shared/traces/automerge-paper.json.gz')

/** What is typed in one update makes it about 34 bytes long, as in the measurements that the goals come from. */
const WORD = 'tandem, '

interface Trace {
  readonly txns: readonly { readonly patches: readonly (readonly [at: number, deleted: number, inserted: string])[] }[]
}

/** A word at a time into the middle of a text; each update needs only those before it. Made beforehand: it costs more than sending. */
export function keystrokes(author: number, count: number, typed = WORD): readonly Uint8Array[] {
  return updatesOf(author, (text) => {
    for (let done = 0; done < count; done++)
      text.insert(Math.max(0, text.length - 1), done === 0 ? typed + typed : typed)
  })
}

/** The first edits of the trace, `together` of them in one update. */
export function traceEdits(author: number, count: number, together = 1): readonly Uint8Array[] {
  if (!existsSync(TRACE)) throw new Error(`This workload needs ${TRACE} (see the README of packages/bench).`)
  const { txns } = JSON.parse(gunzipSync(readFileSync(TRACE)).toString()) as Trace
  const patches = txns.slice(0, count).flatMap((txn) => txn.patches)
  return updatesOf(author, (text, doc) => {
    for (let at = 0; at < patches.length; at += together)
      doc.transact(() => {
        for (const [place, deleted, inserted] of patches.slice(at, at + together)) {
          if (deleted > 0) text.delete(place, deleted)
          if (inserted !== '') text.insert(place, inserted)
        }
      })
  })
}

function updatesOf(author: number, write: (text: Y.Text, doc: Y.Doc) => void): readonly Uint8Array[] {
  const doc = new Y.Doc()
  doc.clientID = author
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  write(doc.getText('body'), doc)
  doc.destroy()
  return updates
}

/** A Yjs client id, below 2^31 (yjs-bytes.ts). */
export function newAuthor(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1
}
