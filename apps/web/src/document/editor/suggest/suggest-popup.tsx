import { Popover } from '@base-ui/react/popover'
import { posToDOMRect, type Editor } from '@tiptap/core'
import clsx from 'clsx'
import { useEffect, useId, useMemo, useRef, useSyncExternalStore } from 'react'
import { Avatar } from '../../../ui/avatar.tsx'
import { popupClass } from '../../../ui/popup-class.ts'
import { pick, type SuggestItem, type SuggestLook, type SuggestMenu, type SuggestView } from './suggest-menu.ts'

const NAMES = { slash: 'Insert', mention: 'People and documents', emoji: 'Emoji' }

/** The menu at the caret. The text keeps the focus: the active line is told to screen readers from there. */
export function SuggestPopup({ editor, menu }: { editor: Editor; menu: SuggestMenu }) {
  const view = useSyncExternalStore(menu.subscribe, menu.getSnapshot)
  const id = useId()
  const from = view?.trigger.from
  const anchor = useMemo(
    () => ({
      contextElement: editor.view.dom,
      getBoundingClientRect: () => posToDOMRect(editor.view, from ?? 0, from ?? 0),
    }),
    [editor, from],
  )
  useControlled(editor, view, id)
  // Taken away at once, not closed: a popup that is on its way out would not come back for who types on.
  if (view === undefined) return null
  return (
    <Popover.Root open>
      <Popover.Portal>
        <Popover.Positioner
          anchor={anchor}
          side="bottom"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="z-30"
        >
          <Popover.Popup
            aria-label={NAMES[view.trigger.kind]}
            initialFocus={false}
            finalFocus={false}
            className={clsx(popupClass, 'w-76 max-w-[calc(100vw-1rem)] transition-none')}
          >
            <List view={view} id={id} menu={menu} onPick={(item) => pick(editor, view, item)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** Tells assistive technology that the text controls the list, and which line is active. */
function useControlled(editor: Editor, view: SuggestView | undefined, id: string): void {
  const active = view && optionId(id, view.items[view.active])
  useEffect(() => {
    if (active === undefined) return
    const { dom } = editor.view
    dom.setAttribute('aria-autocomplete', 'list')
    dom.setAttribute('aria-controls', id)
    dom.setAttribute('aria-activedescendant', active)
    return () => {
      for (const name of ['aria-autocomplete', 'aria-controls', 'aria-activedescendant']) dom.removeAttribute(name)
    }
  }, [editor, active, id])
}

function optionId(id: string, item: SuggestItem | undefined): string {
  return `${id}-${item?.id ?? ''}`
}

interface ListProps {
  view: SuggestView
  id: string
  menu: SuggestMenu
  onPick(item: SuggestItem): void
}

function List({ view: { trigger, items, active }, id, menu, onPick }: ListProps) {
  const list = useRef<HTMLDivElement>(null)
  const shown = `${items[active]?.id} of ${items.length}`
  useEffect(() => {
    if (shown !== '') list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [shown])
  const groups = [...new Set(items.map(({ group }) => group))]
  return (
    <div
      ref={list}
      id={id}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the keys are those of the text
      role="listbox"
      tabIndex={-1}
      aria-label={NAMES[trigger.kind]}
      className="max-h-[min(21rem,40dvh)] overflow-y-auto overscroll-contain p-1"
    >
      {groups.map((group) => (
        <div
          key={group}
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- of options, not of fields
          role="group"
          aria-label={group}
        >
          <div aria-hidden className="px-2 pt-2 pb-1 text-xs font-medium text-ink-faint">
            {group}
          </div>
          {items.map((item, index) =>
            item.group === group ? (
              <Option
                key={item.id}
                id={optionId(id, item)}
                item={item}
                active={index === active}
                onActivate={() => menu.activate(index)}
                onPick={() => onPick(item)}
              />
            ) : null,
          )}
        </div>
      ))}
    </div>
  )
}

interface OptionProps {
  id: string
  item: SuggestItem
  active: boolean
  onActivate(): void
  onPick(): void
}

function Option({ id, item, active, onActivate, onPick }: OptionProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the editor's, which has the focus
    <div
      id={id}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the keys are those of the text
      role="option"
      tabIndex={-1}
      aria-selected={active}
      onMouseMove={() => !active && onActivate()}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPick}
      className={clsx(
        'flex min-h-9 cursor-default items-center gap-2.5 rounded-lg px-2 py-1 text-sm select-none pointer-coarse:min-h-11',
        active && 'bg-hover',
      )}
    >
      <Look look={item.look} />
      <span className="min-w-0 flex-1 truncate">
        {item.label}
        {item.detail && <span className="ml-2 text-ink-faint">{item.detail}</span>}
      </span>
      {item.keys && <kbd className="shrink-0 font-sans text-xs text-ink-faint phone:hidden">{item.keys}</kbd>}
    </div>
  )
}

function Look({ look }: { look: SuggestLook }) {
  if ('avatar' in look) return <Avatar name={look.avatar} color={look.color} className="size-6 text-[0.625rem]" />
  return (
    <span aria-hidden className="flex size-6 shrink-0 items-center justify-center text-ink-soft">
      {'icon' in look ? <look.icon className="size-4.5" /> : <span className="text-lg leading-none">{look.text}</span>}
    </span>
  )
}
