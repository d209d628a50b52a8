import type { Editor } from '@tiptap/core'
import type { Transaction } from '@tiptap/pm/state'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { putBeside, type BesidePlace } from './beside.ts'
import { BlockSelection } from './block-selection.ts'
import { blockAtHeight } from './use-margin-select.ts'

/** How near an edge is beside it. Left within is little: who moves a block up or down points at where the text begins. */
const LEFT_PX = { outside: 8, inside: 12 }
const RIGHT_PX = { outside: 32, inside: 32 }
const LINE_PX = 3
/** From the block, where there is no other column to be in the middle of. */
const LINE_AWAY_PX = 10
/** As prose's columns: narrower than this they stand below each other. */
const NARROW = '(max-width: 40rem)'

interface Offer {
  readonly transaction: Transaction
  /** Where the line is drawn, in px of the window. */
  readonly line: { readonly left: number; readonly top: number; readonly height: number }
}

/**
 * While the selected blocks are dragged: near the left or right edge of another block a line shows that they will stand beside it,
 * and dropped there they do, as one step of undo. Everywhere else the drag is ProseMirror's. Ends by itself with the drag.
 */
export function offerDropBeside(editor: Editor, area: HTMLElement): void {
  const { view } = editor
  const line = document.createElement('div')
  line.className = 'drop-beside-line pointer-events-none fixed z-10 rounded-full bg-accent'
  line.setAttribute('aria-hidden', 'true')
  const over = (event: DragEvent) => {
    const offer = offerAt(editor, event)
    if (offer === undefined) return line.remove()
    event.preventDefault()
    // The text would say that they go between two blocks; what it has said already it takes back.
    event.stopPropagation()
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'move'
    if (!line.isConnected) view.dom.dispatchEvent(new DragEvent('dragleave'))
    draw(line, offer)
    if (!line.isConnected) document.body.append(line)
  }
  const drop = (event: DragEvent) => {
    const offer = offerAt(editor, event)
    end()
    if (offer === undefined) return
    event.preventDefault()
    event.stopPropagation()
    view.dragging = null
    asOwnUndoStep(editor, () => view.dispatch(offer.transaction))
    view.focus()
  }
  const ended = new AbortController()
  const end = () => {
    line.remove()
    ended.abort()
    editor.off('destroy', end)
  }
  const { signal } = ended
  area.addEventListener('dragover', over, { capture: true, signal })
  area.addEventListener('drop', drop, { capture: true, signal })
  window.addEventListener('dragover', ({ target }) => !area.contains(target as Element) && line.remove(), { signal })
  window.addEventListener('dragend', end, { signal })
  // The handle may be gone by then, and with it its end of the drag.
  window.addEventListener('mousemove', ({ buttons }) => buttons === 0 && end(), { signal })
  editor.on('destroy', end)
}

function offerAt(editor: Editor, event: DragEvent): Offer | undefined {
  const { view } = editor
  // With these keys the drag copies, which is as it always was.
  const isCopy = event.ctrlKey || event.altKey
  if (editor.isDestroyed || !editor.isEditable || isCopy || window.matchMedia(NARROW).matches) return undefined
  const { state } = view
  const found = placeAt(editor, event)
  if (found === undefined || !(state.selection instanceof BlockSelection)) return undefined
  const transaction = putBeside(state, state.selection.range, found.place)
  return transaction && { transaction, line: found.line }
}

function placeAt(
  editor: Editor,
  { clientX, clientY }: MouseEvent,
): (Pick<Offer, 'line'> & { place: BesidePlace }) | undefined {
  const { view } = editor
  const at = blockAtHeight(editor, clientY)
  const block = at === undefined ? null : view.nodeDOM(at)
  if (at === undefined || !(block instanceof HTMLElement)) return undefined
  const { top, bottom, height } = block.getBoundingClientRect()
  if (clientY < top || clientY > bottom) return undefined
  const name = view.state.doc.nodeAt(at)?.type.name
  const boxes = (name === 'columns' ? columnsOf(block) : [block]).map((element) => element.getBoundingClientRect())
  // The edges of a table are in its cells, where blocks go as they go into text.
  const inside = name === 'table' ? 0 : 1
  for (const [index, box] of boxes.entries()) {
    const column = name === 'columns' ? index : undefined
    const [before, after] = [boxes[index - 1], boxes[index + 1]]
    const middle = { left: before && (before.right + box.left) / 2, right: after && (box.right + after.left) / 2 }
    const from = { left: middle.left ?? box.left - LEFT_PX.outside, right: box.right - RIGHT_PX.inside * inside }
    const to = { left: box.left + LEFT_PX.inside * inside, right: middle.right ?? box.right + RIGHT_PX.outside }
    const isIn = (side: 'left' | 'right') => clientX >= from[side] && clientX < to[side]
    const side = isIn('left') ? 'left' : isIn('right') ? 'right' : undefined
    const away = { left: box.left - LINE_AWAY_PX, right: box.right + LINE_AWAY_PX }
    if (side) return { place: { at, column, side }, line: { left: middle[side] ?? away[side], top, height } }
  }
  return undefined
}

function columnsOf(block: HTMLElement): readonly Element[] {
  return [...(block.querySelector('.columns-row')?.children ?? [])]
}

/** Styles are set through the CSSOM: the page's content security policy allows no style attributes. */
function draw({ style }: HTMLElement, { line: { left, top, height } }: Offer): void {
  style.left = `${left - LINE_PX / 2}px`
  style.top = `${top}px`
  style.width = `${LINE_PX}px`
  style.height = `${height}px`
}
