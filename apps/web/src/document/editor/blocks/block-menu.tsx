import type { Editor } from '@tiptap/core'
import { TextSelection, type Transaction } from '@tiptap/pm/state'
import { ArrowDown, ArrowUp, Columns2, Copy, Link, RefreshCw, Trash2 } from 'lucide-react'
import { Menu as BaseMenu } from '@base-ui/react/menu'
import clsx from 'clsx'
import { ChevronRight } from 'lucide-react'
import { MenuItem, MenuSeparator, menuItemClass } from '../../../ui/menu.tsx'
import { popupClass } from '../../../ui/popup-class.ts'
import { useNarrow } from '../../../ui/use-narrow.ts'
import { COLUMNS_ACTIONS, columnsState, isColumnsActionPossible } from '../columns-actions.ts'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { shortcutText } from '../shortcut.ts'
import { putBesideAbove } from './beside.ts'
import { deleteBlocks, duplicateBlocks, moveBlocks, selectedBlocks } from './block-edits.ts'
import { blockAt, type BlockRange } from './block-range.ts'
import { canBeLinked, copyBlockLink } from './block-link.ts'
import { onText } from './block-selection-keys.ts'
import { turnInto, type BlockKind } from './turn-into.ts'

const KINDS: readonly { kind: BlockKind; name: string }[] = [
  { kind: 'paragraph', name: 'Text' },
  { kind: 'heading-1', name: 'Heading 1' },
  { kind: 'heading-2', name: 'Heading 2' },
  { kind: 'heading-3', name: 'Heading 3' },
  { kind: 'bulletList', name: 'Bullet list' },
  { kind: 'orderedList', name: 'Numbered list' },
  { kind: 'taskList', name: 'Task list' },
  { kind: 'blockquote', name: 'Quote' },
  { kind: 'codeBlock', name: 'Code block' },
  { kind: 'details', name: 'Toggle' },
  { kind: 'note', name: 'Callout' },
]

interface BlockMenuItemsProps {
  editor: Editor
  /** Where the block stands; undefined for the blocks of the selection. */
  at: number | undefined
  /** The text was changed. */
  onChanged?: () => void
}

/** What can be done with a block. */
export function BlockMenuItems({ editor, at, onChanged }: BlockMenuItemsProps) {
  const range = (): BlockRange => {
    const { state } = editor
    return at === undefined ? selectedBlocks(state) : blockAt(state.doc, Math.min(at, state.doc.content.size))
  }
  const run = (transaction: Transaction | undefined) => {
    if (transaction) asOwnUndoStep(editor, () => editor.view.dispatch(transaction))
    editor.view.focus()
    onChanged?.()
  }
  /** Moving and turning are about the selection: a block beside it is selected first. */
  const select = () => {
    if (at === undefined) return
    const { start } = range()
    const { doc, tr } = editor.state
    const isText = doc.nodeAt(start)?.isAtom === false
    if (isText) editor.view.dispatch(tr.setSelection(TextSelection.near(doc.resolve(start + 1))))
    else editor.commands.setNodeSelection(start)
  }
  const columns = columnsState(editor)
  // Where columns are below each other it would look as if nothing had happened.
  const isNarrow = useNarrow()
  return (
    <>
      <BaseMenu.SubmenuRoot>
        <BaseMenu.SubmenuTrigger className={menuItemClass}>
          <RefreshCw aria-hidden className="size-4 text-ink-faint" />
          <span className="flex-1">Turn into</span>
          <ChevronRight aria-hidden className="size-4 text-ink-faint" />
        </BaseMenu.SubmenuTrigger>
        <BaseMenu.Portal>
          <BaseMenu.Positioner sideOffset={4} collisionPadding={8} className="z-40 outline-none">
            <BaseMenu.Popup className={clsx(popupClass, 'min-w-40 p-1')}>
              {KINDS.map(({ kind, name }) => (
                <MenuItem
                  key={kind}
                  onClick={() => {
                    select()
                    onText(editor, () => turnInto(editor.chain().focus(), kind).run())
                    onChanged?.()
                  }}
                >
                  {name}
                </MenuItem>
              ))}
            </BaseMenu.Popup>
          </BaseMenu.Positioner>
        </BaseMenu.Portal>
      </BaseMenu.SubmenuRoot>
      <MenuItem icon={<Copy />} onClick={() => run(duplicateBlocks(editor.state, range()))}>
        <Labelled text="Duplicate" keys="Mod+D" />
      </MenuItem>
      {canBeLinked(editor, range().start) && (
        <MenuItem icon={<Link />} onClick={() => void copyBlockLink(editor, range().start)}>
          Copy link to block
        </MenuItem>
      )}
      <MenuItem icon={<ArrowUp />} onClick={() => (select(), run(moveBlocks(editor.state, 'up')))}>
        <Labelled text="Move up" keys="Alt+Shift+↑" />
      </MenuItem>
      <MenuItem icon={<ArrowDown />} onClick={() => (select(), run(moveBlocks(editor.state, 'down')))}>
        <Labelled text="Move down" keys="Alt+Shift+↓" />
      </MenuItem>
      {!isNarrow && putBesideAbove(editor.state, range()) && (
        <MenuItem icon={<Columns2 />} onClick={() => run(putBesideAbove(editor.state, range()))}>
          Put beside the block above
        </MenuItem>
      )}
      {columns.inColumns && at === undefined && (
        <>
          <MenuSeparator />
          {COLUMNS_ACTIONS.map((action) => (
            <MenuItem
              key={action.id}
              icon={<action.icon />}
              disabled={!isColumnsActionPossible(action, columns)}
              onClick={() => {
                asOwnUndoStep(editor, () => action.run(editor.chain().focus()).run())
                onChanged?.()
              }}
            >
              {action.label}
            </MenuItem>
          ))}
        </>
      )}
      <MenuSeparator />
      <MenuItem danger icon={<Trash2 />} onClick={() => run(deleteBlocks(editor.state, range()))}>
        Delete
      </MenuItem>
    </>
  )
}

function Labelled({ text, keys }: { text: string; keys: string }) {
  return (
    <>
      <span className="flex-1">{text}</span>
      <kbd className="pl-6 font-sans text-xs text-ink-faint phone:hidden">{shortcutText(keys)}</kbd>
    </>
  )
}
