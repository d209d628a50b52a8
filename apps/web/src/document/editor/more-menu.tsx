import { Toolbar } from '@base-ui/react/toolbar'
import { ySyncPluginKey } from '@tandem/binding'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { ClipboardCopy, Ellipsis, Keyboard, Search } from 'lucide-react'
import { useRef } from 'react'
import { copyText } from '../../ui/copy-text.ts'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { say, warn } from '../../ui/toast-store.ts'
import { BlockMenuItems } from './blocks/block-menu.tsx'
import { shortcutText } from './shortcut.ts'
import { toolbarButtonClass } from './toolbar-button.tsx'

interface MoreMenuProps {
  editor: Editor
  onFind(): void
  onShortcuts(): void
}

/** What can be done with the block at the caret, and with the document. */
export function MoreMenu({ editor, onFind, onShortcuts }: MoreMenuProps) {
  /** What was chosen does with the focus; nothing chosen: it goes back to the button. */
  const afterwards = useRef<'back' | 'to the text' | 'elsewhere'>('back')
  const finalFocus = () => {
    const where = afterwards.current
    afterwards.current = 'back'
    return where === 'to the text' ? editor.view.dom : where === 'back'
  }
  const elsewhere = (open: () => void) => () => {
    afterwards.current = 'elsewhere'
    open()
  }
  return (
    <Menu
      align="end"
      finalFocus={finalFocus}
      trigger={
        <Toolbar.Button aria-label="More" className={clsx(toolbarButtonClass({ pressed: false }), 'justify-center')}>
          <Ellipsis aria-hidden />
        </Toolbar.Button>
      }
    >
      {/* The next key may be undo. */}
      <BlockMenuItems editor={editor} at={undefined} onChanged={() => void (afterwards.current = 'to the text')} />
      <MenuSeparator />
      <MenuItem icon={<Search />} onClick={elsewhere(onFind)}>
        <Labelled text="Find and replace" keys="Mod+F" />
      </MenuItem>
      <MenuItem icon={<ClipboardCopy />} onClick={() => void copyAsMarkdown(editor)}>
        Copy as Markdown
      </MenuItem>
      <MenuItem icon={<Keyboard />} onClick={elsewhere(onShortcuts)}>
        <Labelled text="Keyboard shortcuts" keys="Mod+/" />
      </MenuItem>
    </Menu>
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

/** Of the document itself, not of what is shown of it: the text of what this version cannot show is there too. */
async function copyAsMarkdown(editor: Editor): Promise<void> {
  const doc = ySyncPluginKey.getState(editor.state)?.doc
  if (doc === undefined) return
  try {
    const markdown = import('@tandem/schema/markdown').then(({ documentToMarkdown }) => documentToMarkdown(doc))
    say((await copyText(markdown)) ? 'Copied as Markdown' : 'This browser did not allow copying')
  } catch {
    warn(
      'Not copied',
      'The document could not be written as Markdown. If you are offline, try again with a connection.',
    )
  }
}
