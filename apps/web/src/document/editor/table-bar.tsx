import { Popover } from '@base-ui/react/popover'
import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { Fragment } from 'react'
import { useNarrow } from '../../ui/use-narrow.ts'
import { popupClass } from '../../ui/popup-class.ts'
import { TABLE_ACTIONS, isOn, isPossible, tableState } from './table-actions.ts'
import { ToolbarButton } from './toolbar-button.tsx'
import { useEditorState } from './use-editor-state.ts'

/** Floats above the table that the caret is in; below it on a narrow screen, where it has several rows. The same is in the toolbar's menu, which the keyboard reaches by Alt+F10. */
export function TableBar({ editor }: { editor: Editor }) {
  const state = useEditorState(editor, tableState)
  const isNarrow = useNarrow()
  const table = state.at === undefined ? null : editor.view.nodeDOM(state.at)
  if (!(table instanceof HTMLElement)) return null
  return (
    <Popover.Root open>
      <Popover.Portal>
        <Popover.Positioner
          anchor={table}
          side={isNarrow ? 'bottom' : 'top'}
          align="center"
          sideOffset={6}
          collisionPadding={{ top: 104, left: 8, right: 8, bottom: 8 }}
          className="z-10 data-anchor-hidden:hidden"
        >
          <Popover.Popup
            aria-label="Table"
            initialFocus={false}
            finalFocus={false}
            className={clsx(popupClass, 'max-w-[calc(100vw-1rem)] overflow-x-auto')}
          >
            <Toolbar.Root
              aria-label="Table"
              className="toolbar-row flex items-center gap-0.5 p-1 max-sm:flex-wrap max-sm:justify-center"
            >
              {TABLE_ACTIONS.map((group, index) => (
                <Fragment key={group[0]?.id}>
                  {index > 0 && <Toolbar.Separator className="mx-1 h-5 w-px shrink-0 bg-line" />}
                  {group.map((action) => (
                    <ToolbarButton
                      key={action.id}
                      label={action.label}
                      icon={<action.icon />}
                      disabled={!isPossible(action, state)}
                      {...(isOn(action, state) !== undefined && { pressed: isOn(action, state) === true })}
                      onRun={() => action.run(editor.chain().focus()).run()}
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
