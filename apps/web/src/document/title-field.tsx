import { LIMITS } from '@tandem/sync'
import { useState, type KeyboardEvent } from 'react'
import type { Title } from './use-title.ts'

/** The title, as wide as its text. Enter goes on to the body. */
export function TitleField({ title }: { title: Title }) {
  // The server trims what it stores; that must not take a space from under somebody who is about to type on.
  const [typed, setTyped] = useState('')
  const shown = typed.trim() === title.text.trim() ? typed : title.text
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') {
      event.preventDefault() // or the same key would start a new line in the body
      title.flush()
      document.querySelector<HTMLElement>('.prose-document')?.focus()
    }
    if (event.key === 'Escape') event.currentTarget.blur()
  }
  return (
    <input
      aria-label="Document title"
      dir="auto"
      value={shown}
      maxLength={LIMITS.titleLength}
      readOnly={title.readOnly}
      placeholder="Untitled"
      title={title.text}
      autoComplete="off"
      onChange={(event) => {
        setTyped(event.target.value)
        title.type(event.target.value)
      }}
      onBlur={title.flush}
      onKeyDown={onKeyDown}
      className="field-sizing-content h-7 max-w-full min-w-20 truncate rounded-md px-1.5 font-semibold tracking-[-0.014em] text-ink transition-colors outline-none placeholder:text-ink-faint hover:bg-hover focus:bg-surface focus:ring-2 focus:ring-accent read-only:hover:bg-transparent max-sm:h-6 max-sm:w-full max-sm:text-[0.9375rem] sm:h-8 sm:max-w-md"
    />
  )
}
