import { Popover } from '@base-ui/react/popover'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { Copy, ExternalLink, Pencil, Unlink } from 'lucide-react'
import { useMemo, useRef, useState, type FormEvent } from 'react'
import { buttonClass } from '../../ui/button-class.ts'
import { copyText } from '../../ui/copy-text.ts'
import { iconButtonClass } from '../../ui/icon-button-class.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { popupClass } from '../../ui/popup-class.ts'
import { fieldClass } from '../../ui/text-field.tsx'
import { say } from '../../ui/toast-store.ts'
import { linkAddress } from './link-address.ts'
import { applyLink, linkState, removeLink, selectionRect } from './link-commands.ts'
import { useEditorState } from './use-editor-state.ts'

interface LinkPopoverProps {
  editor: Editor
  editing: boolean
  onEditing(editing: boolean): void
}

/** Shows where a link leads while the caret is in it; the same panel edits it and makes new ones. */
export function LinkPopover({ editor, editing, onEditing }: LinkPopoverProps) {
  const { href, focused, editable } = useEditorState(editor, linkState)
  const anchor = useMemo(() => ({ getBoundingClientRect: () => selectionRect(editor) }), [editor])
  const field = useRef<HTMLInputElement>(null)
  const [dismissed, setDismissed] = useState<string>()
  const showing = href !== undefined && focused && href !== dismissed
  const open = editing || showing

  const close = () => {
    onEditing(false)
    setDismissed(href)
  }
  // Leaving the link forgets that it was dismissed.
  if (href === undefined && dismissed !== undefined) setDismissed(undefined)

  return (
    <Popover.Root open={open} onOpenChange={(next) => !next && close()}>
      <Popover.Portal>
        <Popover.Positioner
          key={editing ? 'edit' : href}
          anchor={anchor}
          side="bottom"
          align="start"
          sideOffset={8}
          collisionPadding={12}
          className="z-30"
        >
          <Popover.Popup
            aria-label="Link"
            initialFocus={editing ? field : false}
            finalFocus={editing ? () => editor.view.dom : false}
            className={clsx(popupClass, 'flex max-w-[calc(100vw-1.5rem)] items-center gap-1 p-1.5')}
          >
            {editing ? (
              <LinkForm
                field={field}
                href={href ?? ''}
                onDone={(address) => {
                  applyLink(editor, address)
                  close()
                }}
              />
            ) : (
              <LinkActions
                href={href ?? ''}
                editable={editable}
                onEdit={() => onEditing(true)}
                onRemove={() => removeLink(editor)}
              />
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function LinkForm({
  field,
  href,
  onDone,
}: {
  field: React.RefObject<HTMLInputElement | null>
  href: string
  onDone(address: string): void
}) {
  const [refused, setRefused] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const address = linkAddress(field.current?.value ?? '')
    if (address === undefined) setRefused(true)
    else onDone(address)
  }
  return (
    <form onSubmit={submit} className="flex w-80 max-w-full flex-wrap items-center gap-1.5">
      <input
        ref={field}
        aria-label="Link address"
        aria-invalid={refused || undefined}
        aria-describedby={refused ? 'link-refused' : undefined}
        defaultValue={href}
        onChange={() => setRefused(false)}
        placeholder="https://"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        className={clsx(fieldClass, 'h-8 min-w-0 flex-1 text-sm')}
      />
      <button type="submit" className={buttonClass({ look: 'primary', size: 'small' })}>
        Apply
      </button>
      {refused && (
        <p id="link-refused" role="alert" className="w-full px-1 text-xs text-danger">
          That is not a web or e-mail address.
        </p>
      )}
    </form>
  )
}

function LinkActions({
  href,
  editable,
  onEdit,
  onRemove,
}: {
  href: string
  editable: boolean
  onEdit(): void
  onRemove(): void
}) {
  const copy = async () => say((await copyText(href)) ? 'Link copied' : 'This browser did not allow copying')
  return (
    <>
      <a
        href={href}
        target="_blank"
        rel="noopener noreferrer"
        className="max-w-64 truncate rounded-md px-2 py-1 text-sm text-accent hover:underline"
      >
        {href.replace(/^https?:\/\//, '')}
      </a>
      <a
        href={href}
        target="_blank"
        rel="noopener noreferrer"
        aria-label="Open link"
        className={clsx(iconButtonClass, 'size-8 [&_svg]:size-4')}
      >
        <ExternalLink aria-hidden />
      </a>
      <IconButton label="Copy address" onClick={() => void copy()} className="size-8 [&_svg]:size-4">
        <Copy aria-hidden />
      </IconButton>
      {editable && (
        <>
          <IconButton label="Edit link" onClick={onEdit} className="size-8 [&_svg]:size-4">
            <Pencil aria-hidden />
          </IconButton>
          <IconButton label="Remove link" onClick={onRemove} className="size-8 [&_svg]:size-4">
            <Unlink aria-hidden />
          </IconButton>
        </>
      )}
    </>
  )
}
