import type { PresenceBridge } from '@tandem/client'
import type { Editor } from '@tiptap/core'
import { X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { createPortal } from 'react-dom'
import { say } from '../../ui/toast-store.ts'
import { follow, followStore, type Followed } from '../following.ts'

interface FollowingProps {
  editor: Editor
  awareness: PresenceBridge
}

/** Room for the bars above and below the text, in px. */
const IN_VIEW = { top: 130, bottom: 100 }
/** A connection may be gone for a moment, and with it everybody. */
const GONE_AFTER_MS = 5_000
const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'Tab'])

/** While somebody is followed: a frame in their colour, and their name with a way to stop. */
export function Following({ editor, awareness }: FollowingProps) {
  const followed = useSyncExternalStore(followStore.subscribe, followStore.getSnapshot)
  // Another document is another page, in which nobody is followed.
  useEffect(() => () => follow(undefined), [])
  return followed && <Frame key={followed.userId} editor={editor} awareness={awareness} followed={followed} />
}

function Frame({ editor, awareness, followed }: FollowingProps & { followed: Followed }) {
  const [isInText, setInText] = useState(true)
  useEffect(() => keptInView(editor, followed, setInText), [editor, followed])
  useEffect(() => untilGone(awareness, followed), [awareness, followed])
  useEffect(() => untilOwnDoing(editor), [editor])
  // Over the whole page, whatever the text stands in.
  return createPortal(
    <>
      <div
        aria-hidden
        style={{ borderColor: followed.color }}
        className="pointer-events-none fixed inset-0 z-30 rounded-[3px] border-[3px]"
      />
      <div className="pointer-events-none fixed inset-x-0 bottom-[calc(var(--foot)+1.5rem)] z-30 max-sm:bottom-[calc(var(--foot)+4rem)] flex justify-center px-4">
        <div
          data-following
          className="pointer-events-auto flex max-w-full items-center gap-2 rounded-full bg-ink py-1.5 pr-1.5 pl-3.5 text-sm font-medium text-canvas shadow-float"
        >
          <span aria-hidden style={{ backgroundColor: followed.color }} className="size-2.5 shrink-0 rounded-full" />
          <output className="truncate">
            {isInText ? `Following ${followed.name}` : `Following ${followed.name}, who is not in the text right now`}
          </output>
          <button
            type="button"
            aria-label={`Stop following ${followed.name}`}
            onClick={() => follow(undefined)}
            className="flex size-7 shrink-0 items-center justify-center rounded-full opacity-80 hover:opacity-100 focus-visible:outline-2 focus-visible:outline-canvas"
          >
            <X aria-hidden className="size-4" />
          </button>
        </div>
      </div>
    </>,
    document.body,
  )
}

/** Scrolls whenever their caret has left the part of the page that can be read. */
function keptInView(editor: Editor, { userId }: Followed, onInText: (isInText: boolean) => void): () => void {
  let frame = 0
  const look = () => {
    frame = 0
    if (editor.isDestroyed) return
    const carets = [...editor.view.dom.querySelectorAll<HTMLElement>('.remote-caret')]
    const theirs = carets.filter((caret) => caret.dataset['user'] === userId)
    const caret = theirs.find(({ classList }) => classList.contains('remote-caret-fresh')) ?? theirs[0]
    onInText(caret !== undefined)
    // Within a toggle that is closed here there is nothing to see.
    if (caret === undefined || caret.getClientRects().length === 0) return
    const { top, bottom } = caret.getBoundingClientRect()
    if (top >= IN_VIEW.top && bottom <= window.innerHeight - IN_VIEW.bottom) return
    const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    caret.scrollIntoView({ block: 'center', behavior: isCalm ? 'auto' : 'smooth' })
  }
  const soon = () => {
    frame ||= requestAnimationFrame(look)
  }
  soon()
  editor.on('transaction', soon)
  return () => {
    cancelAnimationFrame(frame)
    editor.off('transaction', soon)
  }
}

function untilGone(awareness: PresenceBridge, { userId, name }: Followed): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    const isHere = [...awareness.getStates().values()].some(({ user }) => user?.userId === userId)
    if (isHere) {
      clearTimeout(timer)
      timer = undefined
      return
    }
    timer ??= setTimeout(() => {
      say(`${name} is not here any more`)
      follow(undefined)
    }, GONE_AFTER_MS)
  }
  look()
  awareness.on('change', look)
  return () => {
    clearTimeout(timer)
    awareness.off('change', look)
  }
}

/** Who types, scrolls or presses Esc goes their own way again. */
function untilOwnDoing(editor: Editor): () => void {
  const stop = () => follow(undefined)
  const onKey = (event: KeyboardEvent) => {
    const isOfPill = event.target instanceof Element && event.target.closest('[data-following]') !== null
    if (MODIFIERS.has(event.key) || (isOfPill && event.key !== 'Escape')) return
    // Esc is for this alone: it would select the block with the caret.
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
    }
    stop()
  }
  const onPointer = ({ target }: PointerEvent) => {
    if (target === document.documentElement || (target instanceof Node && editor.view.dom.contains(target))) stop()
  }
  window.addEventListener('keydown', onKey, true)
  window.addEventListener('wheel', stop, { passive: true })
  window.addEventListener('touchmove', stop, { passive: true })
  window.addEventListener('pointerdown', onPointer)
  return () => {
    window.removeEventListener('keydown', onKey, true)
    window.removeEventListener('wheel', stop)
    window.removeEventListener('touchmove', stop)
    window.removeEventListener('pointerdown', onPointer)
  }
}
