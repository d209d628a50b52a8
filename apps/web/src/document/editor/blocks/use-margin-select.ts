import type { Editor } from '@tiptap/core'
import { Selection } from '@tiptap/pm/state'
import { useEffect } from 'react'
import { BlockSelection } from './block-selection.ts'

/** A drag that is shorter is a click. */
const SHORTEST_DRAG_PX = 5
const NOT_THE_MARGIN =
  'button, a, input, textarea, select, [role="toolbar"], [role="dialog"], nav, aside, [draggable="true"]'

/** Dragging beside the text selects the blocks that it passes; a click there lets go of them. */
export function useMarginSelect(editor: Editor): void {
  useEffect(() => {
    const area = editor.view.dom.closest('main')
    if (!area) return
    let stop = () => {}
    const begin = (event: MouseEvent) => {
      if (event.button !== 0 || event.shiftKey || !isMargin(event, editor)) return
      event.preventDefault()
      const first = blockAtHeight(editor, event.clientY)
      let isDragging = false
      const move = ({ clientX, clientY }: MouseEvent) => {
        isDragging ||= Math.hypot(clientX - event.clientX, clientY - event.clientY) > SHORTEST_DRAG_PX
        const last = isDragging ? blockAtHeight(editor, clientY) : undefined
        if (first !== undefined && last !== undefined) select(editor, first, last)
      }
      const end = () => {
        stop()
        if (!isDragging) letGo(editor)
      }
      stop = () => {
        window.removeEventListener('mousemove', move)
        window.removeEventListener('mouseup', end)
      }
      window.addEventListener('mousemove', move)
      window.addEventListener('mouseup', end)
    }
    area.addEventListener('mousedown', begin)
    return () => {
      stop()
      area.removeEventListener('mousedown', begin)
    }
  }, [editor])
}

function isMargin({ target, clientX, clientY }: MouseEvent, { view }: Editor): boolean {
  if (!(target instanceof Element) || view.dom.contains(target) || target.closest(NOT_THE_MARGIN)) return false
  const text = view.dom.getBoundingClientRect()
  const isBeside = clientX < text.left || clientX > text.right
  return isBeside && clientY > text.top && clientY < text.bottom
}

/** Where the block of the document at this height begins, the nearest if there is none. */
export function blockAtHeight({ view }: Editor, clientY: number): number | undefined {
  const text = view.dom.getBoundingClientRect()
  const top = Math.min(text.bottom - 2, Math.max(text.top + 2, clientY))
  const found = view.posAtCoords({ left: text.left + Math.min(30, text.width / 2), top })
  if (!found) return undefined
  const $found = view.state.doc.resolve(found.inside >= 0 && found.pos < found.inside ? found.inside : found.pos)
  const { doc } = view.state
  return $found.posAtIndex(Math.min($found.index(0), doc.childCount - 1), 0)
}

function select({ view }: Editor, first: number, last: number): void {
  const selection = BlockSelection.between(view.state.doc, first, last)
  if (!view.hasFocus()) view.focus()
  if (!selection.eq(view.state.selection)) view.dispatch(view.state.tr.setSelection(selection))
}

function letGo({ view }: Editor): void {
  const { selection, doc, tr } = view.state
  if (selection instanceof BlockSelection) view.dispatch(tr.setSelection(Selection.near(doc.resolve(selection.to), -1)))
}
