import { Popover } from '@base-ui/react/popover'
import { Toolbar } from '@base-ui/react/toolbar'
import { COLOURS, type Colour } from '@tandem/schema'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { Baseline, Check, ChevronDown, X } from 'lucide-react'
import { popupClass } from '../../ui/popup-class.ts'
import { shortcutText } from './shortcut.ts'
import { toolbarButtonClass } from './toolbar-button.tsx'

interface ColourMenuProps {
  editor: Editor
  text: Colour | undefined
  highlight: Colour | undefined
}

/** Colours of letters and of highlights, from one palette that is legible by day and by night. */
export function ColourMenu({ editor, text, highlight }: ColourMenuProps) {
  const chain = () => editor.chain().focus()
  return (
    <Popover.Root>
      <Popover.Trigger
        render={
          <Toolbar.Button
            aria-label="Colours"
            className={clsx(toolbarButtonClass({ pressed: text !== undefined || highlight !== undefined }), 'gap-0.5')}
          >
            <Baseline aria-hidden />
            <ChevronDown aria-hidden className="opacity-60" />
          </Toolbar.Button>
        }
      />
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" collisionPadding={8} className="z-40">
          <Popover.Popup
            aria-label="Colours"
            finalFocus={() => editor.view.dom}
            className={clsx(popupClass, 'palette p-3')}
          >
            <Swatches
              title="Text"
              chosen={text}
              onChoose={(colour) =>
                colour === undefined ? chain().unsetTextColour().run() : chain().setTextColour(colour).run()
              }
              isWash={false}
            />
            <Swatches
              title="Highlight"
              keys={shortcutText('Mod+Shift+H')}
              chosen={highlight}
              onChoose={(colour) => {
                if (colour === undefined) chain().unsetHighlight().run()
                else if (colour === 'yellow') chain().setHighlight().run()
                else chain().setHighlight(colour).run()
              }}
              isWash
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface SwatchesProps {
  title: string
  keys?: string
  chosen: Colour | undefined
  onChoose(colour: Colour | undefined): void
  /** Behind the letter, or of it. */
  isWash: boolean
}

function Swatches({ title, keys, chosen, onChoose, isWash }: SwatchesProps) {
  return (
    <fieldset aria-label={`${title} colour`} className="not-first:mt-3">
      <div aria-hidden className="mb-1.5 flex justify-between text-xs font-medium text-ink-faint">
        {title}
        {keys && <kbd className="font-sans font-normal phone:hidden">{keys}</kbd>}
      </div>
      <div className="grid grid-cols-5 gap-1">
        <Popover.Close
          aria-label={`No ${title.toLowerCase()} colour`}
          onClick={() => onChoose(undefined)}
          className={clsx(swatchClass, 'text-ink-faint')}
        >
          <X aria-hidden className="size-4" />
        </Popover.Close>
        {COLOURS.map((colour) => (
          <Popover.Close
            key={colour}
            aria-label={`${colour.replace(/^./, (first) => first.toUpperCase())}${chosen === colour ? ', chosen' : ''}`}
            onClick={() => onChoose(colour)}
            className={clsx(swatchClass, 'font-semibold')}
          >
            <span
              className="flex size-full items-center justify-center rounded-md"
              style={isWash ? { background: `var(--${colour}-wash)` } : { color: `var(--${colour})` }}
            >
              A
            </span>
            {chosen === colour && (
              <Check aria-hidden className="absolute -top-1 -right-1 size-3 rounded-full bg-ink p-0.5 text-canvas" />
            )}
          </Popover.Close>
        ))}
      </div>
    </fieldset>
  )
}

const swatchClass =
  'relative flex size-8 items-center justify-center rounded-lg border border-line p-0.5 text-sm hover:border-line-strong pointer-coarse:size-11'
