import type { Editor } from '@tiptap/core'
import { BlockBar } from './block-bar.tsx'
import { COLUMNS_ACTIONS, columnsState, isColumnsActionPossible } from './columns-actions.ts'
import { ToolbarButton } from './toolbar-button.tsx'
import { useEditorState } from './use-editor-state.ts'

/** What can be done with the columns that the caret is in, unless it is in a table in them. */
export function ColumnsBar({ editor }: { editor: Editor }) {
  const state = useEditorState(editor, columnsState)
  if (state.at === undefined || state.inTable) return null
  const buttons = COLUMNS_ACTIONS.map((action) => (
    <ToolbarButton
      key={action.id}
      label={action.label}
      icon={<action.icon />}
      disabled={!isColumnsActionPossible(action, state)}
      onRun={() => action.run(editor.chain().focus()).run()}
    />
  ))
  return <BlockBar editor={editor} label="Columns" at={state.at} groups={[buttons]} />
}
