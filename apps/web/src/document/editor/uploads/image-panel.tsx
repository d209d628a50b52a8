import { Popover } from '@base-ui/react/popover'
import { LONGEST_CAPTION, NARROWEST_IMAGE, imageLook, uploadIdOf, type Alignment } from '@tandem/schema'
import clsx from 'clsx'
import { AlignCenter, AlignLeft, AlignRight, Download, Trash2 } from 'lucide-react'
import { useCallback, useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { buttonClass } from '../../../ui/button-class.ts'
import { popupClass } from '../../../ui/popup-class.ts'
import { TextField } from '../../../ui/text-field.tsx'
import { setAttribute, type PanelProps } from '../blocks/panels.tsx'
import { PAGE_EDGES_PX } from '../page-edges.ts'
import { useEditorState } from '../use-editor-state.ts'

const SIDES: readonly { align: Alignment | null; label: string; icon: ReactNode }[] = [
  { align: null, label: 'On the left', icon: <AlignLeft aria-hidden /> },
  { align: 'center', label: 'In the middle', icon: <AlignCenter aria-hidden /> },
  { align: 'right', label: 'On the right', icon: <AlignRight aria-hidden /> },
]
const LONGEST_ALT = 500

/** What a picture shows, its caption, its width and side. Words are written when they are done, each as one step of undo. */
export function ImagePanel({ editor, panel, onClose }: PanelProps) {
  const { isThere, src, alt, caption, width, align } = useEditorState(editor, ({ state }) => {
    const at = panel.getPos()
    const node = at === undefined ? null : state.doc.nodeAt(at)
    const attrs: Readonly<Record<string, unknown>> = node?.attrs ?? {}
    const text = (value: unknown) => (typeof value === 'string' ? value : '')
    const isThere = node?.type.name === 'image'
    return { isThere, src: text(attrs['src']), alt: text(attrs['alt']), ...imageLook(attrs) }
  })
  const first = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => {
    if (!isThere) onClose()
  }, [isThere, onClose])
  if (!isThere) return null
  const set = (name: string, value: unknown) => setAttribute(editor, panel, name, value)
  const remove = () => {
    const at = panel.getPos()
    onClose()
    if (at !== undefined)
      editor
        .chain()
        .deleteRange({ from: at, to: at + 1 })
        .focus()
        .run()
  }
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Portal>
        <Popover.Positioner
          anchor={panel.anchor}
          side="bottom"
          sideOffset={8}
          collisionPadding={PAGE_EDGES_PX}
          // Over a picture that leaves no room below it.
          collisionAvoidance={{ side: 'shift' }}
          className="z-40"
        >
          <Popover.Popup
            aria-label="Picture options"
            initialFocus={first}
            finalFocus={() => editor.view.dom}
            className={clsx(popupClass, 'flex w-84 max-w-[calc(100vw-1rem)] flex-col gap-3 p-3 text-sm')}
          >
            <Words
              inputRef={first}
              label="What it shows, for people who cannot see it"
              value={alt}
              longest={LONGEST_ALT}
              onWrite={(text) => set('alt', text || null)}
              onDone={onClose}
            />
            <Words
              label="Caption"
              value={caption}
              longest={LONGEST_CAPTION}
              onWrite={(text) => set('caption', text || null)}
              onDone={onClose}
            />
            <div className="flex items-center gap-3">
              <label htmlFor={`${id}-width`} className="font-medium">
                Width
              </label>
              <input
                id={`${id}-width`}
                type="range"
                min={NARROWEST_IMAGE}
                max={100}
                step={5}
                value={width ?? 100}
                aria-valuetext={width === undefined ? 'its own width' : `${width} %`}
                onChange={(event) => set('width', event.target.valueAsNumber)}
                className="min-w-0 flex-1 accent-accent"
              />
              <button
                type="button"
                disabled={width === undefined}
                onClick={() => set('width', null)}
                className={buttonClass({ size: 'small' })}
              >
                {width === undefined ? 'Own size' : `${width} %: reset`}
              </button>
            </div>
            <div className="flex items-center gap-1">
              {SIDES.map((side) => (
                <button
                  key={side.label}
                  type="button"
                  aria-label={side.label}
                  aria-pressed={(align ?? null) === side.align}
                  onClick={() => set('align', side.align)}
                  className={clsx(
                    'inline-flex size-9 items-center justify-center rounded-lg transition-colors [&_svg]:size-4',
                    (align ?? null) === side.align ? 'bg-accent-wash text-accent' : 'text-ink-soft hover:bg-hover',
                  )}
                >
                  {side.icon}
                </button>
              ))}
              <span className="flex-1" />
              {uploadIdOf(src) !== undefined && (
                <a
                  href={`${src}?download`}
                  download
                  aria-label="Download the picture"
                  className="inline-flex size-9 items-center justify-center rounded-lg text-ink-soft hover:bg-hover [&_svg]:size-4"
                >
                  <Download aria-hidden />
                </a>
              )}
              <button
                type="button"
                aria-label="Delete the picture"
                onClick={remove}
                className="inline-flex size-9 items-center justify-center rounded-lg text-danger hover:bg-danger-wash [&_svg]:size-4"
              >
                <Trash2 aria-hidden />
              </button>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface WordsProps {
  label: string
  value: string
  longest: number
  inputRef?: React.RefObject<HTMLInputElement | null>
  onWrite(text: string): void
  onDone(): void
}

/** A line of words that is written when the field is left, or with the panel. */
function Words({ label, value, longest, inputRef, onWrite, onDone }: WordsProps) {
  const id = useId()
  const [text, setText] = useState(value)
  const unwritten = useRef<string>(undefined)
  const write = useRef(onWrite)
  useEffect(() => {
    write.current = onWrite
  }, [onWrite])
  const flush = useCallback(() => {
    if (unwritten.current !== undefined) write.current(unwritten.current.trim())
    unwritten.current = undefined
  }, [])
  // Whatever closes the panel writes what is in it.
  useEffect(() => () => queueMicrotask(flush), [flush])
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <TextField
        id={id}
        ref={inputRef}
        value={text}
        maxLength={longest}
        autoComplete="off"
        className="h-9 text-sm"
        onChange={(event) => {
          unwritten.current = event.target.value
          setText(event.target.value)
        }}
        onBlur={flush}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          flush()
          onDone()
        }}
      />
    </div>
  )
}
