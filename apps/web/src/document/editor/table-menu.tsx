import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { ChevronDown, Grid2x2Plus, Table } from 'lucide-react'
import { Fragment } from 'react'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { shortcutText } from './shortcut.ts'
import {
  TABLE_ACTIONS,
  isOn,
  runTableAction,
  tableState,
  whyNot,
  type TableAction,
  type TableState,
} from './table-actions.ts'
import { ToolbarButton, toolbarButtonClass } from './toolbar-button.tsx'
import { useEditorState } from './use-editor-state.ts'

/** Outside a table one click makes one; inside, the same place holds what can be done with its rows and columns. */
export function TableMenu({ editor }: { editor: Editor }) {
  const state = useEditorState(editor, tableState)
  if (!state.inTable) {
    return (
      <ToolbarButton
        label="Insert table"
        icon={<Grid2x2Plus />}
        onRun={() => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()}
      />
    )
  }
  return (
    <Menu
      align="start"
      finalFocus={() => editor.view.dom}
      trigger={
        <Toolbar.Button aria-label="Table" className={clsx(toolbarButtonClass({ pressed: true }), 'gap-0.5')}>
          <Table aria-hidden />
          <ChevronDown aria-hidden className="opacity-60" />
        </Toolbar.Button>
      }
    >
      {TABLE_ACTIONS.map((group, index) => (
        <Fragment key={group[0]?.id}>
          {index > 0 && <MenuSeparator />}
          {group.map((action) => (
            <MenuItem
              key={action.id}
              icon={<action.icon />}
              danger={action.danger === true}
              disabled={whyNot(action, state) !== undefined}
              onClick={() => runTableAction(editor, action)}
            >
              {action.label}
              <span className={clsx('ml-auto pl-4 text-xs', whyNot(action, state) ? 'text-ink' : 'text-ink-faint')}>
                {besideOf(action, state)}
              </span>
            </MenuItem>
          ))}
        </Fragment>
      ))}
    </Menu>
  )
}

/** Why it cannot be done, whether it is on, or its keys. */
function besideOf(action: TableAction, state: TableState): string | undefined {
  const on = isOn(action, state)
  return whyNot(action, state) ?? (on === undefined ? action.keys && shortcutText(action.keys) : on ? 'on' : 'off')
}
