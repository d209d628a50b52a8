import { Extension, type Editor } from '@tiptap/core'
import { Selection, TextSelection } from '@tiptap/pm/state'
import { isInTable } from '@tiptap/pm/tables'

/**
 * Tab where nothing else means it: to the next column, else nothing. The browser's would go to some button within the text, and take what is
 * typed next with it. Alt+F10 is the way out of the text, which screen readers are told.
 */
export const TabKey = Extension.create({
  name: 'tabKey',
  priority: 1, // after lists, tables and code

  addKeyboardShortcuts() {
    return { Tab: ({ editor }) => tab(editor, 1), 'Shift-Tab': ({ editor }) => tab(editor, -1) }
  },
})

function tab({ state, view }: Editor, by: 1 | -1): boolean {
  const { selection, doc, tr } = state
  if (!(selection instanceof TextSelection)) return true
  const { $head } = selection
  for (let depth = $head.depth; depth > 0; depth -= 1) {
    if ($head.node(depth).type.name !== 'column') continue
    const row = $head.node(depth - 1)
    const index = $head.index(depth - 1) + by
    if (index < 0 || index >= row.childCount) break
    const start = $head.posAtIndex(index, depth - 1)
    view.dispatch(tr.setSelection(Selection.near(doc.resolve(start + 1))).scrollIntoView())
    break
  }
  return true
}

/**
 * Tab in a list that stands in a table's cell: at the beginning of an item, or with several selected, it indents as in any list, if they can be;
 * else it is the table's, as everywhere in a cell. So is Shift+Tab, which takes nothing out of its list.
 */
export const CellListKeys = Extension.create({
  name: 'cellListKeys',
  priority: 101, // before tables

  addKeyboardShortcuts() {
    return {
      Tab: ({ editor }) => indent(editor, 'sinkListItem'),
      'Shift-Tab': ({ editor }) => indent(editor, 'liftListItem'),
    }
  },
})

function indent({ state, commands }: Editor, command: 'sinkListItem' | 'liftListItem'): boolean {
  const { $from, $to, empty } = state.selection
  if (!isInTable(state)) return false
  let depth = $from.sharedDepth($to.pos)
  while (depth > 0 && !$from.node(depth).type.name.endsWith('List')) {
    if ($from.node(depth).type.spec['tableRole'] !== undefined) return false
    depth -= 1
  }
  const isAtBeginning = $from.pos === $from.start(depth + 1) + 1
  if (depth === 0 || (empty ? !isAtBeginning : $from.sameParent($to))) return false
  const isNested = $from.node(depth - 1).type.name.endsWith('Item')
  return (command === 'sinkListItem' || isNested) && commands[command]($from.node(depth + 1).type.name)
}
