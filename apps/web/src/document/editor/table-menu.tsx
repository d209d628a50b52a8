import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { ChevronDown, Grid2x2Plus, Heading, Table, TableColumnsSplit, TableRowsSplit, Trash2 } from 'lucide-react'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { ToolbarButton, toolbarButtonClass } from './toolbar-button.tsx'

/** Outside a table one click makes one; inside, the same place holds what can be done with its rows and columns. */
export function TableMenu({ editor, inTable }: { editor: Editor; inTable: boolean }) {
  const chain = () => editor.chain().focus()
  if (!inTable) {
    return (
      <ToolbarButton
        label="Insert table"
        icon={<Grid2x2Plus />}
        onRun={() => chain().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()}
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
      <MenuItem icon={<TableRowsSplit />} onClick={() => chain().addRowBefore().run()}>
        Insert row above
      </MenuItem>
      <MenuItem icon={<TableRowsSplit />} onClick={() => chain().addRowAfter().run()}>
        Insert row below
      </MenuItem>
      <MenuItem icon={<TableColumnsSplit />} onClick={() => chain().addColumnBefore().run()}>
        Insert column left
      </MenuItem>
      <MenuItem icon={<TableColumnsSplit />} onClick={() => chain().addColumnAfter().run()}>
        Insert column right
      </MenuItem>
      <MenuItem icon={<Heading />} onClick={() => chain().toggleHeaderRow().run()}>
        Header row on or off
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Trash2 />} onClick={() => chain().deleteRow().run()}>
        Delete row
      </MenuItem>
      <MenuItem icon={<Trash2 />} onClick={() => chain().deleteColumn().run()}>
        Delete column
      </MenuItem>
      <MenuItem danger icon={<Trash2 />} onClick={() => chain().deleteTable().run()}>
        Delete table
      </MenuItem>
    </Menu>
  )
}
