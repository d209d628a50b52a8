import { Toolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { ChevronDown } from 'lucide-react'
import { Menu, MenuChoice } from '../../ui/menu.tsx'
import { applyTextStyle, type TextStyle } from './format-state.ts'
import { shortcutText } from './shortcut.ts'
import { toolbarButtonClass } from './toolbar-button.tsx'

const STYLES: readonly { value: TextStyle; name: string; keys: string; look: string }[] = [
  { value: 'paragraph', name: 'Text', keys: 'Mod+Alt+0', look: '' },
  { value: 'heading-1', name: 'Heading 1', keys: 'Mod+Alt+1', look: 'text-lg font-bold tracking-tight' },
  { value: 'heading-2', name: 'Heading 2', keys: 'Mod+Alt+2', look: 'text-base font-semibold tracking-tight' },
  { value: 'heading-3', name: 'Heading 3', keys: 'Mod+Alt+3', look: 'text-sm font-semibold' },
]

export function TextStyleMenu({ editor, style }: { editor: Editor; style: TextStyle }) {
  const name = STYLES.find(({ value }) => value === style)?.name ?? 'Text'
  return (
    <Menu
      align="start"
      finalFocus={() => editor.view.dom}
      trigger={
        <Toolbar.Button
          aria-label={`Text style: ${name}`}
          className={clsx(
            toolbarButtonClass({ pressed: false }),
            'w-26 justify-between gap-1 text-[0.8125rem] font-medium',
          )}
        >
          {name}
          <ChevronDown aria-hidden className="opacity-60" />
        </Toolbar.Button>
      }
    >
      <MenuChoice
        value={style}
        onChange={(next) => applyTextStyle(editor, next)}
        choices={STYLES.map(({ value, name: label, keys, look }) => ({
          value,
          label: <span className={look}>{label}</span>,
          shortcut: shortcutText(keys),
        }))}
      />
    </Menu>
  )
}
