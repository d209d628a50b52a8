import { ySyncPluginKey } from '@tandem/binding'
import type { Editor } from '@tiptap/core'
import type { EditorState, Transaction } from '@tiptap/pm/state'
import { selectedRect } from '@tiptap/pm/tables'
import { MOVED, blocksToMove, type Move } from './block-edits.ts'
import { nameOf, withBeginning } from './block-name.ts'

/** A key that is held moves further and further: where it came to is what is told. */
const SETTLED_MS = 300

/**
 * Tells of every move of blocks, rows and columns in this editor, and of one that the first or last cannot make, once no other follows at once:
 * what was moved where, and of what goes on being moved only where. Then `''`, when something else is done here. Returns what ends it.
 */
export function tellMoves(editor: Editor, onText: (text: string) => void): () => void {
  let told: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: { readonly what: string; readonly text: string } | undefined
  const tell = () => {
    timer = undefined
    if (pending === undefined) return
    told = pending.what
    onText(pending.text)
    pending = undefined
  }
  const forget = () => {
    told = undefined
    if (timer === undefined) onText('')
  }
  const onTransaction = ({ transaction }: { transaction: Transaction }) => {
    const move = transaction.getMeta(MOVED) as Move | undefined
    if (move === undefined) return isOwn(transaction) ? forget() : undefined
    const { what, from, to, count } = placeOf(editor.state, move)
    const where = to - from === 1 ? `${to} of ${count}` : `${from + 1} to ${to} of ${count}`
    if (transaction.docChanged)
      pending = {
        what,
        text: what === told ? `Moved ${move.direction}, ${where}` : `Moved ${move.direction}: ${what}; ${where}`,
      }
    else pending ??= { what, text: `Not moved: this is ${where}` }
    clearTimeout(timer)
    timer = setTimeout(tell, SETTLED_MS)
  }
  editor.on('transaction', onTransaction)
  return () => {
    clearTimeout(timer)
    editor.off('transaction', onTransaction)
  }
}

/** Not somebody else's, which changes nothing about what has just been done here. */
function isOwn(transaction: Transaction): boolean {
  const shown = transaction.getMeta(ySyncPluginKey) as { readonly isUndoRedoOperation?: boolean } | undefined
  const isOthers = shown !== undefined && shown.isUndoRedoOperation !== true
  return !isOthers && (transaction.docChanged || transaction.selectionSet)
}

interface Place {
  readonly what: string
  /** Among its neighbours, the last not included. */
  readonly from: number
  readonly to: number
  readonly count: number
}

function placeOf(state: EditorState, { direction, inTable }: Move): Place {
  if (inTable === true) return direction === 'up' || direction === 'down' ? rowsOf(state) : columnsOf(state)
  const { host, startIndex: from, endIndex: to } = blocksToMove(state)
  return { what: to - from === 1 ? nameOf(host.child(from)) : `${to - from} blocks`, from, to, count: host.childCount }
}

function rowsOf(state: EditorState): Place {
  const { map, table, top: from, bottom: to } = selectedRect(state)
  const first = table.nodeAt(map.map[from * map.width]!)!
  return { what: to - from === 1 ? withBeginning('row', first) : `${to - from} rows`, from, to, count: map.height }
}

function columnsOf(state: EditorState): Place {
  const { map, table, left: from, right: to } = selectedRect(state)
  const first = table.nodeAt(map.map[from]!)!
  return { what: to - from === 1 ? withBeginning('column', first) : `${to - from} columns`, from, to, count: map.width }
}
