import { Popover } from '@base-ui/react/popover'
import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { Fragment, useMemo, type ReactNode } from 'react'
import { popupClass } from '../../ui/popup-class.ts'
import { useWideMargins } from '../../ui/use-narrow.ts'

interface BlockBarProps {
  editor: Editor
  label: string
  /** Where the block begins that it is for. */
  at: number
  /** Its buttons, apart by lines. */
  groups: readonly (readonly ReactNode[])[]
}

/**
 * Floats beside a block that the caret is in, right of the text, where it covers none of it; below the block where the page has no room there.
 * The same is in the toolbar's menu, which the keyboard reaches by Alt+F10.
 */
export function BlockBar({ editor, label, at, groups }: BlockBarProps) {
  const isBeside = useWideMargins()
  const drawn = editor.view.nodeDOM(at)
  const block = drawn instanceof HTMLElement ? drawn : undefined
  const anchor = useMemo(
    () => (block && isBeside ? asWideAs(editor.view.dom, block) : block),
    [editor, block, isBeside],
  )
  if (!block) return null
  return (
    <Popover.Root open>
      <Popover.Portal>
        <Popover.Positioner
          anchor={anchor}
          side={isBeside ? 'right' : 'bottom'}
          align={isBeside ? 'start' : 'center'}
          sideOffset={isBeside ? 16 : 6}
          collisionPadding={{ top: 104, left: 8, right: 8, bottom: 8 }}
          className="z-10 data-anchor-hidden:hidden"
        >
          <Popover.Popup
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
