import { Menu as BaseMenu } from '@base-ui/react/menu'
import type { Editor } from '@tiptap/core'
import { NodeSelection } from '@tiptap/pm/state'
import clsx from 'clsx'
import { GripVertical } from 'lucide-react'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { popupClass } from '../../../ui/popup-class.ts'
import { BlockMenuItems } from './block-menu.tsx'
import { blockAt } from './block-range.ts'

/** Where the handle is drawn, in px within its place, and what block it is of. */
interface Hovered {
  readonly at: number
  readonly top: number
  readonly left: number
}

const HANDLE_WIDTH = 24
const MARKER_WIDTH = 26

/**
 * A grip left of the block under the mouse: dragging it moves the block, a click opens what can be done with it. Hidden from
 * the keyboard, which has the same in the toolbar and by Alt+Shift+arrows.
 */
export function BlockHandle({ editor }: { editor: Editor }) {
  const place = useRef<HTMLDivElement>(null)
  const [hovered, setHovered] = useState<Hovered>()
  const [open, setOpen] = useState(false)
  const isOpen = useRef(open)
  useEffect(() => {
    isOpen.current = open
  }, [open])

  useEffect(() => {
    const area = place.current?.parentElement?.parentElement
    if (!area) return
    let frame = 0
    const look = (event: MouseEvent) => {
      cancelAnimationFrame(frame)
      if (isOpen.current || event.buttons !== 0) return
      frame = requestAnimationFrame(() => {
        if (editor.isDestroyed || !place.current) return
        const found = editor.isEditable ? blockUnder(editor, event.clientY, place.current) : undefined
        setHovered((before) => (before?.at === found?.at && before?.top === found?.top ? before : found))
      })
    }
    const hide = () => !isOpen.current && setHovered(undefined)
    area.addEventListener('mousemove', look)
    area.addEventListener('mouseleave', hide)
    // Positions change with what is typed, here or elsewhere.
    const onTransaction = ({ transaction }: { transaction: { docChanged: boolean } }) =>
      transaction.docChanged && hide()
    editor.on('transaction', onTransaction)
    return () => {
      cancelAnimationFrame(frame)
      area.removeEventListener('mousemove', look)
      area.removeEventListener('mouseleave', hide)
      editor.off('transaction', onTransaction)
    }
  }, [editor])

  return (
    <div ref={place} className="absolute top-0 left-0 pointer-coarse:hidden">
      {hovered && (
        <BaseMenu.Root modal={false} open={open} onOpenChange={setOpen}>
          <BaseMenu.Trigger
            render={
              <button
                type="button"
                tabIndex={-1}
                draggable
                aria-label="Block actions"
                onDragStart={(event) => startDrag(event, editor, hovered.at)}
                onDragEnd={() => setHovered(undefined)}
                style={{ top: hovered.top, left: hovered.left }}
                className="absolute z-10 flex h-7 w-5 cursor-grab items-center justify-center rounded-md text-ink-faint hover:bg-hover hover:text-ink active:cursor-grabbing data-popup-open:bg-hover"
              >
                <GripVertical aria-hidden className="size-4" />
              </button>
            }
          />
          <BaseMenu.Portal>
            <BaseMenu.Positioner
              side="left"
              align="start"
              sideOffset={4}
              collisionPadding={8}
              className="z-40 outline-none"
            >
              <BaseMenu.Popup
                aria-label="Block actions"
                finalFocus={() => editor.view.dom}
                className={clsx(popupClass, 'min-w-56 p-1')}
              >
                <BlockMenuItems editor={editor} at={hovered.at} />
              </BaseMenu.Popup>
            </BaseMenu.Positioner>
          </BaseMenu.Portal>
        </BaseMenu.Root>
      )}
    </div>
  )
}

function blockUnder(editor: Editor, clientY: number, place: HTMLElement): Hovered | undefined {
  const { view } = editor
  const text = view.dom.getBoundingClientRect()
  const left = text.left + Math.min(60, text.width / 2)
  const found = view.posAtCoords({ left, top: clientY })
  if (!found) return undefined
  const isLeaf = found.inside >= 0 && view.state.doc.nodeAt(found.inside)?.isAtom === true
  const { start } = blockAt(view.state.doc, isLeaf ? found.inside : found.pos)
  const element = view.nodeDOM(start)
  if (!(element instanceof HTMLElement)) return undefined
  const box = element.getBoundingClientRect()
  // Between two blocks there is none.
  if (clientY < box.top - 12 || clientY > box.bottom + 12) return undefined
  const origin = place.getBoundingClientRect()
  const hasMarker = view.state.doc.nodeAt(start)?.type.name === 'listItem'
  const lineHeight =
    Number.parseFloat(getComputedStyle(element.querySelector('p, h1, h2, h3') ?? element).lineHeight) || 28
  const firstLine = Math.min(lineHeight, box.height)
  return {
    at: start,
    top: box.top - origin.top + (firstLine - 28) / 2,
    left: box.left - origin.left - HANDLE_WIDTH - (hasMarker ? MARKER_WIDTH : 4),
  }
}

/** As ProseMirror would begin a drag of a selected node. */
function startDrag({ dataTransfer }: DragEvent, { view }: Editor, at: number): void {
  const { start } = blockAt(view.state.doc, at)
  const node = view.state.doc.nodeAt(start)
  if (!node || !NodeSelection.isSelectable(node)) return
  const selection = NodeSelection.create(view.state.doc, start)
  view.dispatch(view.state.tr.setSelection(selection))
  const slice = selection.content()
  const { dom, text } = view.serializeForClipboard(slice)
  dataTransfer.clearData()
  dataTransfer.setData('text/html', dom.innerHTML)
  dataTransfer.setData('text/plain', text)
  dataTransfer.effectAllowed = 'copyMove'
  const element = view.nodeDOM(start)
  if (element instanceof HTMLElement) dataTransfer.setDragImage(element, 0, 0)
  // Its own field, as prosemirror-view's drag of a selection sets it: what is dropped is moved, not copied.
  view.dragging = { slice, move: true, node: selection } as typeof view.dragging
}
