import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { useEffect, useState } from 'react'
import { popupClass } from '../../../ui/popup-class.ts'
import { revealDetails } from '../blocks/details-view.ts'
import type { Heading } from './headings.ts'

/** Where a heading counts as passed, in px from the top: just below the bars. */
const READING_LINE = 150
const DASHES = ['w-5', 'w-3.5', 'w-2.5']
const INDENTS = ['pl-2.5', 'pl-5', 'pl-8']

/** A dash per heading at the edge of the page; pointing at them, or tabbing to them, opens the list. */
export function Outline({ editor, headings }: { editor: Editor; headings: readonly Heading[] }) {
  const active = useActiveHeading(editor, headings)
  if (headings.length < 2) return null
  return (
    <nav
      aria-label="Outline"
      className="group fixed top-1/2 right-0 z-10 hidden -translate-y-1/2 py-4 pr-4 pl-6 lg:block"
    >
      <div
        aria-hidden
        className="flex max-h-[60dvh] flex-col items-end gap-2 overflow-hidden group-focus-within:opacity-0 group-hover:opacity-0"
      >
        {headings.map(({ at, level }, index) => (
          <span
            key={at}
            className={clsx(
              'h-0.5 shrink-0 rounded-full',
              DASHES[level - 1],
              index === active ? 'bg-accent' : 'bg-line-strong',
            )}
          />
        ))}
      </div>
      <div
        className={clsx(
          popupClass,
          'pointer-events-none absolute top-1/2 right-3 max-h-[70dvh] w-64 -translate-y-1/2 overflow-y-auto p-1.5 opacity-0',
          'group-focus-within:pointer-events-auto group-focus-within:opacity-100 group-hover:pointer-events-auto group-hover:opacity-100',
        )}
      >
        <HeadingList editor={editor} headings={headings} active={active} />
      </div>
    </nav>
  )
}

interface HeadingListProps {
  editor: Editor
  headings: readonly Heading[]
  active: number
  onGone?(): void
}

export function HeadingList({ editor, headings, active, onGone }: HeadingListProps) {
  return (
    <ul>
      {headings.map(({ at, level, text }, index) => (
        <li key={at}>
          <button
            type="button"
            aria-current={index === active ? 'location' : undefined}
            onClick={() => {
              onGone?.()
              goTo(editor, index)
            }}
            className={clsx(
              'block w-full truncate rounded-lg py-1.5 pr-2 text-left text-[0.8125rem] hover:bg-hover focus-visible:-outline-offset-2',
              INDENTS[level - 1],
              index === active ? 'font-medium text-accent' : 'text-ink-soft',
            )}
          >
            {text}
          </button>
        </li>
      ))}
    </ul>
  )

  function goTo({ view }: Editor, index: number): void {
    const at = headings[index]?.at
    if (at === undefined || at > view.state.doc.content.size) return
    revealDetails(view, at)
    const element = view.nodeDOM(at)
    if (element instanceof HTMLElement) element.scrollIntoView({ block: 'start', behavior: 'smooth' })
  }
}

/** Index of the heading that is being read; the first before any is passed. */
export function useActiveHeading(editor: Editor, headings: readonly Heading[]): number {
  const [active, setActive] = useState(0)
  useEffect(() => {
    let frame = 0
    const look = () => {
      if (editor.isDestroyed) return
      const passed = headings.findLastIndex(({ at }) => {
        const element = at <= editor.state.doc.content.size ? editor.view.nodeDOM(at) : null
        return element instanceof HTMLElement && element.getBoundingClientRect().top < READING_LINE
      })
      setActive(Math.max(0, passed))
    }
    const soon = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(look)
    }
    soon()
    window.addEventListener('scroll', soon, { passive: true })
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('scroll', soon)
    }
  }, [editor, headings])
  return active
}
