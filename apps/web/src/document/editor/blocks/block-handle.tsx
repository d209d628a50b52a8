import { Menu as BaseMenu } from '@base-ui/react/menu'
import { ySyncPluginKey } from '@tandem/binding'
import type { Editor } from '@tiptap/core'
import type { Transaction } from '@tiptap/pm/state'
import clsx from 'clsx'
import { GripVertical } from 'lucide-react'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { popupClass } from '../../../ui/popup-class.ts'
import { BlockMenuItems } from './block-menu.tsx'
import { blockAt } from './block-range.ts'
import { isSelected, selectUpTo } from './block-selection-keys.ts'
import { BlockSelection } from './block-selection.ts'
import { offerDropBeside } from './drop-beside.ts'
import { useMarginSelect } from './use-margin-select.ts'

type MousePlace = Pick<MouseEvent, 'clientX' | 'clientY' | 'buttons'>

/** Where the handle is drawn, in px within its place, and what block it is of. */
interface Hovered {
  readonly at: number
  readonly top: number
  readonly left: number
}

const HANDLE_WIDTH = 24
const MARKER_WIDTH = 26
/** Right of the line between two columns. */
const COLUMN_HANDLE = 18

/**
 * A grip left of the block under the mouse: dragging it moves the block, a click opens what can be done with it, Shift and a click
 * selects up to it. Hidden from the keyboard, which has the same in the toolbar, by Esc and by Alt+Shift+arrows.
 */
export function BlockHandle({ editor }: { editor: Editor }) {
  const place = useRef<HTMLDivElement>(null)
  const [hovered, setHovered] = useState<Hovered>()
  const [open, setOpen] = useState(false)
  const isOpen = useRef(open)
  const isDragged = useRef(false)
  useMarginSelect(editor)
  useEffect(() => {
    isOpen.current = open && hovered !== undefined
  }, [open, hovered])

  useEffect(() => {
    const area = place.current?.parentElement?.parentElement
    if (!area) return
    let frame = 0
    /** Where the mouse rests. */
    let last: MousePlace | undefined
    const look = (event: MousePlace) => {
      cancelAnimationFrame(frame)
      if (isOpen.current || event.buttons !== 0) return
      last = event
      frame = requestAnimationFrame(() => {
        if (editor.isDestroyed || !place.current) return
        const found = editor.isEditable ? blockUnder(editor, event, place.current) : undefined
        setHovered((before) => (before?.at === found?.at && before?.top === found?.top ? before : found))
      })
    }
    const hide = () => !isOpen.current && setHovered(undefined)
    /** Until the mouse moves again. */
    const leave = () => {
      cancelAnimationFrame(frame)
      last = undefined
      hide()
    }
    area.addEventListener('mousemove', look)
    area.addEventListener('mouseleave', leave)
    const onTransaction = ({ transaction }: { transaction: Transaction }) => {
      if (!transaction.docChanged) return
      // Who types looks at the text. What comes from elsewhere moves the blocks, not the hand.
      if (transaction.getMeta(ySyncPluginKey) === undefined) leave()
      else if (last) look(last)
    }
    editor.on('transaction', onTransaction)
    // This comes after the text: the mouse may rest on a block already.
    const under = [...editor.view.dom.querySelectorAll(':hover')].at(-1)?.getBoundingClientRect()
    if (under) look({ clientX: under.left + 1, clientY: under.top + under.height / 2, buttons: 0 })
    return () => {
      cancelAnimationFrame(frame)
      area.removeEventListener('mousemove', look)
      area.removeEventListener('mouseleave', leave)
      editor.off('transaction', onTransaction)
    }
  }, [editor])

  return (
    <div ref={place} className="absolute top-0 left-0 pointer-coarse:hidden">
      {hovered && (
        <BaseMenu.Root
          modal={false}
          open={open}
          // On a slow page the press that began a drag would open the menu in the middle of it.
          onOpenChange={(next) => setOpen(next && !isDragged.current)}
        >
          <BaseMenu.Trigger
            render={
              <button
                type="button"
                tabIndex={-1}
                draggable
                aria-label="Block actions"
                // Before the menu's own handlers, which would open it.
                onMouseDownCapture={(event) => {
                  isDragged.current = false // its end is not heard when the handle has gone meanwhile
                  if (!event.shiftKey) return
                  event.preventDefault()
                  event.stopPropagation()
                  selectUpTo(editor, hovered.at)
                }}
                onClickCapture={(event) => event.shiftKey && event.stopPropagation()}
                onDragStart={(event) => {
                  isDragged.current = true
                  // Pressing the button has opened the menu, and it would stay so when the handle is gone.
                  setOpen(false)
                  startDrag(event, editor, hovered.at)
                  const area = place.current?.parentElement?.parentElement
                  if (area) offerDropBeside(editor, area)
                }}
                onDragEnd={() => {
                  isDragged.current = false
                  setOpen(false)
                  setHovered(undefined)
                }}
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
                <BlockMenuItems editor={editor} at={isSelected(editor, hovered.at) ? undefined : hovered.at} />
              </BaseMenu.Popup>
            </BaseMenu.Positioner>
          </BaseMenu.Portal>
        </BaseMenu.Root>
      )}
    </div>
  )
}

function blockUnder(editor: Editor, { clientX, clientY }: MousePlace, place: HTMLElement): Hovered | undefined {
  const { view } = editor
  const text = view.dom.getBoundingClientRect()
  // Of columns it is the one under the mouse that counts; the grip of its blocks is left of it.
  const within = columnUnder(view.dom, { clientX, clientY })
  const column = within?.getBoundingClientRect()
  const left = (column ?? text).left + Math.min(60, (column ?? text).width / 2)
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
    left:
      // In a callout the place beside the text is the callout's own button's.
      (element.closest('.callout')?.getBoundingClientRect().left ?? box.left) -
      origin.left -
      (hasMarker ? HANDLE_WIDTH + MARKER_WIDTH : within?.previousElementSibling ? COLUMN_HANDLE : HANDLE_WIDTH + 4),
  }
}

function columnUnder(
  text: HTMLElement,
  { clientX, clientY }: { clientX: number; clientY: number },
): Element | undefined {
  const columns = document
    .elementsFromPoint(clientX, clientY)
    .map((element) => element.closest('.columns-row'))
    .find((row) => row !== null && text.contains(row))
  // Between two it is the one on the right, whose grip is there.
  return [...(columns?.children ?? [])].find((column) => clientX < column.getBoundingClientRect().right)
}

/** As ProseMirror would begin a drag of a selected node. */
function startDrag({ dataTransfer }: DragEvent, { view }: Editor, at: number): void {
  const { doc, selection: before } = view.state
  const { start } = blockAt(doc, at)
  const isOfSelected = before instanceof BlockSelection && start >= before.from && start < before.to
  const selection = isOfSelected ? before : BlockSelection.between(doc, start, start)
  view.dispatch(view.state.tr.setSelection(selection))
  const slice = selection.bareContent()
  const { dom, text } = view.serializeForClipboard(selection.content())
  dataTransfer.clearData()
  dataTransfer.setData('text/html', dom.innerHTML)
  dataTransfer.setData('text/plain', text)
  dataTransfer.effectAllowed = 'copyMove'
  const element = view.nodeDOM(start)
  if (element instanceof HTMLElement) dataTransfer.setDragImage(element, 0, 0)
  // As prosemirror-view's drag of a selection sets it: what is dropped is moved, not copied, by deleting the selection.
  view.dragging = { slice, move: true }
}
