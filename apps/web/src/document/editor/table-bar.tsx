import type { Editor } from '@tiptap/core'
import { BlockBar } from './block-bar.tsx'
import { TABLE_ACTIONS, isOn, runTableAction, tableState, whyNot } from './table-actions.ts'
import { ToolbarButton } from './toolbar-button.tsx'
import { useEditorState } from './use-editor-state.ts'

/** What can be done with the table that the caret is in. */
export function TableBar({ editor }: { editor: Editor }) {
  const state = useEditorState(editor, tableState)
  if (state.at === undefined) return null
  const groups = TABLE_ACTIONS.map((group) =>
    group.map((action) => (
      <ToolbarButton
        key={action.id}
        label={action.label}
        icon={<action.icon />}
        whyNot={whyNot(action, state)}
        {...(action.keys !== undefined && { keys: action.keys })}
        {...(isOn(action, state) !== undefined && { pressed: isOn(action, state) === true })}
        onRun={() => runTableAction(editor, action)}
      />
    )),
  )
  return <BlockBar editor={editor} label="Table" at={state.at} groups={groups} />
}
