import { Popover } from '@base-ui/react/popover'
import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { Fragment, useMemo } from 'react'
import { popupClass } from '../../ui/popup-class.ts'
import { useWideMargins } from '../../ui/use-narrow.ts'
import { TABLE_ACTIONS, isOn, runTableAction, tableState, whyNot } from './table-actions.ts'
import { ToolbarButton } from './toolbar-button.tsx'
import { useEditorState } from './use-editor-state.ts'

/**
 * Floats beside the table that the caret is in, right of the text, where it covers none of it; below the table where the page has no room
 * there. The same is in the toolbar's menu, which the keyboard reaches by Alt+F10.
 */
export function TableBar({ editor }: { editor: Editor }) {
  const state = useEditorState(editor, tableState)
  const isBeside = useWideMargins()
  const drawn = state.at === undefined ? null : editor.view.nodeDOM(state.at)
  const table = drawn instanceof HTMLElement ? drawn : undefined
  const anchor = useMemo(
    () => (table && isBeside ? asWideAs(editor.view.dom, table) : table),
    [editor, table, isBeside],
  )
  if (!table) return null
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
            aria-label="Table"
            initialFocus={false}
            finalFocus={false}
            className={clsx(popupClass, 'max-w-[calc(100vw-1rem)]')}
          >
            <Toolbar.Root
              aria-label="Table"
              orientation={isBeside ? 'vertical' : 'horizontal'}
              className={clsx(
                'toolbar-row gap-0.5 p-1',
                isBeside ? 'grid grid-cols-2' : 'flex flex-wrap items-center justify-center',
              )}
            >
              {TABLE_ACTIONS.map((group, index) => (
                <Fragment key={group[0]?.id}>
                  {index > 0 && (
                    <Toolbar.Separator
                      className={clsx(
                        'bg-line',
                        isBeside ? 'col-span-2 mx-1 my-0.5 h-px' : 'mx-1 h-5 w-px max-sm:hidden',
                      )}
                    />
                  )}
                  {group.map((action) => (
                    <ToolbarButton
                      key={action.id}
                      label={action.label}
                      icon={<action.icon />}
                      whyNot={whyNot(action, state)}
                      {...(action.keys !== undefined && { keys: action.keys })}
                      {...(isOn(action, state) !== undefined && { pressed: isOn(action, state) === true })}
                      onRun={() => runTableAction(editor, action)}
                    />
                  ))}
                </Fragment>
              ))}
            </Toolbar.Root>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** The table's height and all of the text's width: a table in a column has text beside it. */
function asWideAs(text: HTMLElement, table: HTMLElement) {
  return {
    contextElement: table,
    getBoundingClientRect: () => {
      const [{ left, width }, { top, height }] = [text.getBoundingClientRect(), table.getBoundingClientRect()]
      return new DOMRect(left, top, width, height)
    },
  }
}
