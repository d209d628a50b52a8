import { Popover } from '@base-ui/react/popover'
import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import { popupClass } from '../../ui/popup-class.ts'
import { COLUMNS_ACTIONS, columnsState, isColumnsActionPossible } from './columns-actions.ts'
import { ToolbarButton } from './toolbar-button.tsx'
import { useEditorState } from './use-editor-state.ts'

/** Floats above the columns that the caret is in. The same is in the toolbar's menu, which the keyboard reaches by Alt+F10. */
export function ColumnsBar({ editor }: { editor: Editor }) {
  const state = useEditorState(editor, columnsState)
  const columns = state.at === undefined || state.inTable ? null : editor.view.nodeDOM(state.at)
  if (!(columns instanceof HTMLElement)) return null
  return (
    <Popover.Root open>
      <Popover.Portal>
        <Popover.Positioner
          anchor={columns}
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={{ top: 104, left: 8, right: 8, bottom: 8 }}
          className="z-10 data-anchor-hidden:hidden"
        >
          <Popover.Popup aria-label="Columns" initialFocus={false} finalFocus={false} className={popupClass}>
            <Toolbar.Root aria-label="Columns" className="toolbar-row flex items-center gap-0.5 p-1">
              {COLUMNS_ACTIONS.map((action) => (
                <ToolbarButton
                  key={action.id}
                  label={action.label}
                  icon={<action.icon />}
                  disabled={!isColumnsActionPossible(action, state)}
                  onRun={() => action.run(editor.chain().focus()).run()}
                />
              ))}
            </Toolbar.Root>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
