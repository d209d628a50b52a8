import { Menu as BaseMenu } from '@base-ui/react/menu'
import { CALLOUT_KINDS, calloutKind, type CalloutKind } from '@tandem/schema'
import clsx from 'clsx'
import { CircleAlert, Info, Lightbulb, TriangleAlert, Undo2 } from 'lucide-react'
import { MenuChoice, MenuItem, MenuSeparator } from '../../../ui/menu.tsx'
import { popupClass } from '../../../ui/popup-class.ts'
import { CALLOUT_NAMES } from './callout-view.ts'
import { setAttribute, type PanelProps } from './panels.tsx'

const ICONS = { note: Info, tip: Lightbulb, warning: TriangleAlert, danger: CircleAlert }

/** The kinds of callouts, and the way out of one. */
export function CalloutPanel({ editor, panel, onClose }: PanelProps) {
  const at = panel.getPos()
  const kind = calloutKind(at === undefined ? undefined : editor.state.doc.nodeAt(at)?.attrs['kind'])
  const takeOut = () => {
    const now = panel.getPos()
    if (now !== undefined)
      editor
        .chain()
        .setTextSelection(now + 2)
        .unsetCallout()
        .focus()
        .run()
  }
  return (
    <BaseMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <BaseMenu.Portal>
        <BaseMenu.Positioner anchor={panel.anchor} sideOffset={4} align="start" className="z-40 outline-none">
          <BaseMenu.Popup
            aria-label="Kind of callout"
            finalFocus={() => editor.view.dom}
            className={clsx(popupClass, 'min-w-44 p-1')}
          >
            <MenuChoice<CalloutKind>
              value={kind}
              onChange={(next) => setAttribute(editor, panel, 'kind', next)}
              choices={CALLOUT_KINDS.map((value) => ({ value, label: <Kind kind={value} /> }))}
            />
            <MenuSeparator />
            <MenuItem icon={<Undo2 />} onClick={takeOut}>
              Take the text out
            </MenuItem>
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}

function Kind({ kind }: { kind: CalloutKind }) {
  const Icon = ICONS[kind]
  return (
    <span className="flex items-center gap-2.5">
      <Icon aria-hidden className="size-4 text-ink-faint" />
      {CALLOUT_NAMES[kind]}
    </span>
  )
}
