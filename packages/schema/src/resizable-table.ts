import { Table, TableView } from '@tiptap/extension-table'
import { columnResizing, tableEditing } from '@tiptap/pm/tables'

const NARROWEST_PX = 80
const HANDLE_PX = 5

/**
 * The stock one cannot resize in an editor that was read-only at first, and writes whatever widths an update brings into styles
 * when a table is copied; here widths travel as the cells' own attributes.
 */
export const ResizableTable = Table.extend({
  addNodeView() {
    return null // it is columnResizing's
  },

  addProseMirrorPlugins() {
    return [
      columnResizing({
        handleWidth: HANDLE_PX,
        cellMinWidth: NARROWEST_PX,
        defaultCellMinWidth: NARROWEST_PX,
        View: TableView,
        lastColumnResizable: true,
      }),
      tableEditing(),
    ]
  },

  renderHTML() {
    return ['table', ['tbody', 0]]
  },
})
