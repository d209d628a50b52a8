import { Toolbar } from '@base-ui/react/toolbar'
import type { Alignment } from '@tandem/schema'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { ChevronDown, TextAlignCenter, TextAlignEnd, TextAlignStart } from 'lucide-react'
import { Menu, MenuChoice } from '../../ui/menu.tsx'
import { shortcutText } from './shortcut.ts'
import { toolbarButtonClass } from './toolbar-button.tsx'

const ALIGNMENTS = [
  { value: 'left', name: 'Left', keys: 'Mod+Shift+L', icon: TextAlignStart },
  { value: 'center', name: 'Centre', keys: 'Mod+Shift+E', icon: TextAlignCenter },
  { value: 'right', name: 'Right', keys: 'Mod+Shift+R', icon: TextAlignEnd },
] as const

export function AlignMenu({ editor, alignment }: { editor: Editor; alignment: Alignment | 'left' }) {
  const { name, icon: Icon } = ALIGNMENTS.find(({ value }) => value === alignment) ?? ALIGNMENTS[0]
  return (
    <Menu
      align="start"
      finalFocus={() => editor.view.dom}
      trigger={
        <Toolbar.Button
          aria-label={`Alignment: ${name}`}
          className={clsx(toolbarButtonClass({ pressed: alignment !== 'left' }), 'gap-0.5')}
        >
          <Icon aria-hidden />
          <ChevronDown aria-hidden className="opacity-60" />
        </Toolbar.Button>
      }
    >
      <MenuChoice
        value={alignment}
        onChange={(next) => editor.chain().focus().setTextAlign(next).run()}
        choices={ALIGNMENTS.map(({ value, name: label, keys, icon: ChoiceIcon }) => ({
          value,
          label: (
            <span className="flex items-center gap-2.5">
              <ChoiceIcon aria-hidden className="size-4 text-ink-faint" />
              {label}
            </span>
          ),
          shortcut: shortcutText(keys),
        }))}
      />
    </Menu>
  )
}
