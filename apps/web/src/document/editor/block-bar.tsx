import { Popover } from '@base-ui/react/popover'
import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { Fragment, useMemo, useState, type ReactNode } from 'react'
import { popupClass } from '../../ui/popup-class.ts'
import { useWideMargins } from '../../ui/use-narrow.ts'
import { BarPlaces, type Span } from './bar-place.ts'
import { PAGE_EDGES_PX } from './page-edges.ts'
import { useEditorState } from './use-editor-state.ts'
import { pageFootPx } from './use-page-foot.ts'

/** Between the bar and its block. */
const GAP_PX = 6
/** There one of the bars is at the foot. */
const TOP_OF_PHONE_PX = 56 + 8

interface BlockBarProps {
  editor: Editor
  label: string
  /** Where the block begins that it is for. */
  at: number
  /** Its buttons, apart by lines. */
  groups: readonly (readonly ReactNode[])[]
}

/**
 * Floats beside a block that the caret is in, right of the text, where it covers none of it; where the page has no room there
 * below the block, or over what can be seen of it. The same is in the toolbar's menu, which the keyboard reaches by Alt+F10.
 */
export function BlockBar({ editor, label, at, groups }: BlockBarProps) {
  const isBeside = useWideMargins()
  const drawn = editor.view.nodeDOM(at)
  const block = drawn instanceof HTMLElement ? drawn : undefined
  const { head } = useEditorState(editor, isBeside ? noHead : headOf)
  const [bar, setBar] = useState<HTMLElement | null>(null)
  const [places] = useState(() => new BarPlaces())
  const anchor = useMemo(() => {
    if (!block) return undefined
    return isBeside ? asWideAs(editor.view.dom, block) : inSight(editor, { block, head, bar, places })
  }, [editor, block, isBeside, head, bar, places])
  if (!block) return null
  return (
    <Popover.Root open>
      <Popover.Portal>
        <Popover.Positioner
          anchor={anchor}
          side={isBeside ? 'right' : 'bottom'}
          align={isBeside ? 'start' : 'center'}
          sideOffset={isBeside ? 16 : GAP_PX}
          collisionPadding={PAGE_EDGES_PX}
          {...(!isBeside && { collisionAvoidance: { side: 'none' } })}
          // Over a tall block it stands still while the page is scrolled.
          positionMethod={!isBeside && block.offsetHeight > window.innerHeight ? 'fixed' : 'absolute'}
          className="z-10 data-anchor-hidden:hidden"
        >
          <Popover.Popup
            ref={setBar}
            aria-label={label}
            initialFocus={false}
            finalFocus={false}
            className={clsx(popupClass, 'max-w-[calc(100vw-1rem)]')}
          >
            <Toolbar.Root
              aria-label={label}
              orientation={isBeside ? 'vertical' : 'horizontal'}
              className={clsx(
                'toolbar-row gap-0.5 p-1',
                isBeside ? 'grid grid-cols-2' : 'flex flex-wrap items-center justify-center',
              )}
            >
              {groups.map((buttons, index) => (
                <Fragment key={index}>
                  {index > 0 && (
                    <Toolbar.Separator
                      className={clsx(
                        'bg-line',
                        isBeside ? 'col-span-2 mx-1 my-0.5 h-px' : 'mx-1 h-5 w-px max-sm:hidden',
                      )}
                    />
                  )}
                  {buttons}
                </Fragment>
              ))}
            </Toolbar.Root>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** The block's height and all of the text's width: a table in a column has text beside it. */
function asWideAs(text: HTMLElement, block: HTMLElement) {
  return {
    contextElement: block,
    getBoundingClientRect: () => {
      const [{ left, width }, { top, height }] = [text.getBoundingClientRect(), block.getBoundingClientRect()]
      return new DOMRect(left, top, width, height)
    },
  }
}

const headOf = ({ state }: Editor) => ({ head: state.selection.head })
const noHead = () => ({ head: 0 }) // beside the text it is never over the caret

interface Writing {
  readonly block: HTMLElement
  /** Where the caret is in the text. */
  readonly head: number
  readonly bar: HTMLElement | null
  readonly places: BarPlaces
}

/** The block, or a line in it or above it, so that the bar below that can be seen and is not over the caret. */
function inSight(editor: Editor, { block, head, bar, places }: Writing) {
  return {
    contextElement: block,
    getBoundingClientRect: () => {
      const shape = block.getBoundingClientRect()
      if (editor.isDestroyed) return shape
      const around = {
        block: shape,
        caret: editor.view.coordsAtPos(Math.min(head, editor.state.doc.content.size)),
        seen: seenPart(),
        heightPx: bar?.offsetHeight ?? 0,
        gapPx: GAP_PX,
      }
      const { edge, top } = places.next(around)
      return edge === undefined ? shape : new DOMRect(shape.left, top - GAP_PX, shape.width, 0)
    },
  }
}

/** Of the page's window the part that its bars and the keyboard of a phone leave, and that is in sight when it is made larger. */
function seenPart(): Span {
  const { offsetTop, height } = window.visualViewport ?? { offsetTop: 0, height: window.innerHeight }
  const footPx = pageFootPx()
  const bottom = Math.min(offsetTop + height, window.innerHeight - footPx) - PAGE_EDGES_PX.bottom
  return { top: footPx > 0 ? TOP_OF_PHONE_PX : PAGE_EDGES_PX.top, bottom }
}
