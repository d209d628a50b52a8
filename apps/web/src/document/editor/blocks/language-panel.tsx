import { Popover } from '@base-ui/react/popover'
import { CODE_LANGUAGES, codeLanguage } from '@tandem/schema'
import clsx from 'clsx'
import { Check } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { popupClass } from '../../../ui/popup-class.ts'
import { fieldClass } from '../../../ui/text-field.tsx'
import { matching } from '../suggest/matching.ts'
import { setAttribute, type PanelProps } from './panels.tsx'

const PLAIN = { id: '', name: 'Plain text', group: '' }
const LANGUAGES = [PLAIN, ...Object.entries(CODE_LANGUAGES).map(([id, name]) => ({ id, name, group: '' }))]

/** Every language, with a field that narrows the list. */
export function LanguagePanel({ editor, panel, onClose }: PanelProps) {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const at = panel.getPos()
  const current = at === undefined ? undefined : codeLanguage(editor.state.doc.nodeAt(at)?.attrs['language'])
  const shown = matching(LANGUAGES, query, (language) => [language.name, language.id])

  const activeId = shown[active]?.id
  useEffect(() => {
    if (activeId !== undefined)
      list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [activeId])

  const choose = (language: string) => {
    setAttribute(editor, panel, 'language', language === '' ? null : language)
    onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && shown.length > 0) setActive((active + step + shown.length) % shown.length)
    else if (event.key === 'Enter' && shown[active]) choose(shown[active].id)
    else return
    event.preventDefault()
  }

  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Portal>
        <Popover.Positioner
          anchor={panel.anchor}
          side="bottom"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-30"
        >
          <Popover.Popup
            aria-label="Language of the code"
            initialFocus={field}
            finalFocus={() => editor.view.dom}
            className={clsx(popupClass, 'w-56 p-1.5')}
          >
            <input
              ref={field}
              role="combobox"
              aria-label="Search languages"
              aria-expanded
              aria-controls={id}
              aria-activedescendant={shown[active] && `${id}-${shown[active].id}`}
              placeholder="Search languages"
              autoComplete="off"
              spellCheck={false}
              value={query}
              onChange={(event) => (setQuery(event.target.value), setActive(0))}
              onKeyDown={onKeyDown}
              className={clsx(fieldClass, 'h-8 px-2 text-sm')}
            />
            <div
              ref={list}
              id={id}
              // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a select has no field that narrows it
              role="listbox"
              aria-label="Languages"
              tabIndex={-1}
              className="mt-1 max-h-64 overflow-y-auto"
            >
              {shown.map((language, index) => (
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's
                <div
                  key={language.id}
                  id={`${id}-${language.id}`}
                  // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a select has no field that narrows it
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === active}
                  onMouseMove={() => setActive(index)}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => choose(language.id)}
                  className={clsx(
                    'flex min-h-8 cursor-default items-center justify-between rounded-lg px-2 text-sm select-none pointer-coarse:min-h-10',
                    index === active && 'bg-hover',
                  )}
                >
                  {language.name}
                  {(current ?? '') === language.id && <Check aria-label="chosen" className="size-4 text-accent" />}
                </div>
              ))}
              {shown.length === 0 && <p className="px-2 py-3 text-sm text-ink-faint">No such language</p>}
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
