import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { CaseSensitive, ChevronDown, ChevronRight, ChevronUp, X } from 'lucide-react'
import { useEffect, useRef, useState, type ComponentProps, type KeyboardEvent, type RefObject } from 'react'
import { buttonClass } from '../../../ui/button-class.ts'
import { IconButton } from '../../../ui/icon-button.tsx'
import { popupClass } from '../../../ui/popup-class.ts'
import { fieldClass } from '../../../ui/text-field.tsx'
import { say } from '../../../ui/toast-store.ts'
import { useEditorState } from '../use-editor-state.ts'
import { MOST_MATCHES, closeFind, find, findingOf, replaceAll, replaceCurrent, step } from './find.ts'

const small = 'size-8 [&_svg]:size-4'

function findState(editor: Editor) {
  const { matches, current, words } = findingOf(editor.state)
  return { count: matches.length, current, words, editable: editor.isEditable }
}

/** Finds and replaces in the text. Enter and Shift+Enter step, Escape closes. Asked for once more it has the focus again, and what is selected by then. */
export function FindBar({ editor, times, onClose }: { editor: Editor; times: number; onClose(): void }) {
  const state = useEditorState(editor, findState)
  const [words, setWords] = useState(() => selectedWords(editor))
  const [replacement, setReplacement] = useState('')
  const [timesSeen, setTimesSeen] = useState(times)
  if (timesSeen !== times) {
    setTimesSeen(times)
    setWords(selectedWords(editor) || words)
  }
  const [matchCase, setMatchCase] = useState(false)
  const [replacing, setReplacing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  /** Since something was typed into a field, which then has an undo of its own. */
  const replaced = useRef(0)

  useEffect(() => find(editor, words, { matchCase }), [editor, words, matchCase])

  const close = () => {
    closeFind(editor)
    onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter' && event.target === field.current) step(editor, event.shiftKey ? -1 : 1)
    else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) one()
    else if (isUndo(event) && replaced.current > 0) takeBack()
    else if (event.key.toLowerCase() === 'f' && (event.metaKey || event.ctrlKey)) field.current?.select()
    else return
    event.preventDefault()
  }
  const one = () => {
    if (replaceCurrent(editor, replacement)) replaced.current += 1
  }
  const takeBack = () => {
    replaced.current -= 1
    editor.commands.undo()
  }
  const all = () => {
    const count = replaceAll(editor, replacement)
    if (count > 0) replaced.current += 1
    field.current?.focus() // the button that was pressed cannot have it any more
    say(count === 1 ? 'Replaced one' : `Replaced ${count.toLocaleString()}`)
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the fields within it
    <search
      aria-label="Find in this document"
      onKeyDown={onKeyDown}
      className={clsx(
        popupClass,
        'absolute top-full right-2 mt-2 flex w-88 max-w-[calc(100vw-1rem)] flex-col gap-1.5 p-1.5 sm:right-4 max-sm:w-full',
      )}
    >
      <div className="flex items-center gap-1 phone:flex-wrap phone:justify-between">
        {state.editable && (
          <IconButton
            label={replacing ? 'Hide replace' : 'Replace'}
            aria-expanded={replacing}
            onClick={() => setReplacing(!replacing)}
            className={small}
          >
            <ChevronRight aria-hidden className={clsx('transition-[rotate]', replacing && 'rotate-90')} />
          </IconButton>
        )}
        <div className="relative min-w-0 flex-1 phone:order-first phone:basis-full">
          <WantedField
            key={times}
            field={field}
            aria-label="Find"
            placeholder="Find"
            autoComplete="off"
            spellCheck={false}
            value={words}
            onChange={(event) => {
              replaced.current = 0
              setWords(event.target.value)
            }}
            className={clsx(fieldClass, 'h-8 pr-20 pl-2.5 text-sm')}
          />
          <span
            aria-live="polite"
            className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-xs text-ink-faint tabular-nums"
          >
            {countText(state)}
          </span>
        </div>
        <IconButton
          label="Match case"
          aria-pressed={matchCase}
          onClick={() => setMatchCase(!matchCase)}
          className={clsx(small, matchCase && 'bg-accent-wash text-accent')}
        >
          <CaseSensitive aria-hidden />
        </IconButton>
        <IconButton label="Previous" disabled={state.count === 0} onClick={() => step(editor, -1)} className={small}>
          <ChevronUp aria-hidden />
        </IconButton>
        <IconButton label="Next" disabled={state.count === 0} onClick={() => step(editor, 1)} className={small}>
          <ChevronDown aria-hidden />
        </IconButton>
        <IconButton label="Close" onClick={close} className={small}>
          <X aria-hidden />
        </IconButton>
      </div>
      {replacing && state.editable && (
        <div className="flex items-center gap-1.5 pl-9 phone:pl-0">
          <input
            aria-label="Replace with"
            placeholder="Replace with"
            autoComplete="off"
            value={replacement}
            onChange={(event) => {
              replaced.current = 0
              setReplacement(event.target.value)
            }}
            className={clsx(fieldClass, 'h-8 min-w-0 flex-1 px-2.5 text-sm')}
          />
          <button type="button" disabled={state.count === 0} onClick={one} className={buttonClass({ size: 'small' })}>
            Replace
          </button>
          <button type="button" disabled={state.count === 0} onClick={all} className={buttonClass({ size: 'small' })}>
            All
          </button>
        </div>
      )}
    </search>
  )
}

/** Has the focus as soon as it is there, and all of it selected. */
function WantedField({ field, ...props }: ComponentProps<'input'> & { field: RefObject<HTMLInputElement | null> }) {
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [field])
  return <input ref={field} {...props} />
}

function isUndo({ key, metaKey, ctrlKey, shiftKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'z' && (metaKey || ctrlKey) && !shiftKey
}

function countText({ words, count, current }: { words: string; count: number; current: number }): string {
  if (words === '') return ''
  if (count === 0) return 'No results'
  return `${current + 1} of ${count}${count === MOST_MATCHES ? '+' : ''}`
}

/** A short selection within a line is what one wants to find. */
function selectedWords({ state: { selection, doc } }: Editor): string {
  const { from, to, $from, $to } = selection
  return $from.sameParent($to) && to - from <= 100 ? doc.textBetween(from, to) : ''
}
