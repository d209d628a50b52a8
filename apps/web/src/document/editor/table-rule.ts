import { Extension, InputRule } from '@tiptap/core'

/** `|--|` becomes a table, as the menu and the list of keys say. */
export const TableRule = Extension.create({
  name: 'tableRule',

  addInputRules() {
    const rule = new InputRule({
      find: /^\|--+\|$/,
      handler: ({ chain, range }) => {
        chain().deleteRange(range).insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()
      },
    })
    return [rule]
  },
})
