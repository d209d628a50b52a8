import type { Editor } from '@tiptap/core'
import { useEffect } from 'react'

/**
 * While the formatting bar is there, the page's style says how much of its foot is taken (`--foot`, `--keyboard` in styles.css). Where a
 * keyboard covers the page instead of making it smaller (Safari), what is fixed at the foot moves up with it; a page that is zoomed in by two
 * fingers is left alone. A caret that a keyboard or the bar would hide comes into view.
 */
export function usePageFoot(editor: Editor): void {
  useEffect(() => {
    const { documentElement: root, defaultView: window } = document
    const shown = window?.visualViewport
    if (!window || !shown) return undefined
    const stopping = new AbortController()
    const { signal } = stopping
    const isZoomed = () => shown.scale > 1.01
    let { height } = shown
    const follow = () => {
      const covered = isZoomed() ? 0 : window.innerHeight - shown.height - shown.offsetTop
      root.style.setProperty('--keyboard', `${Math.max(0, Math.round(covered))}px`)
    }
    const resized = () => {
      follow()
      if (shown.height < height && !isZoomed() && editor.isFocused) editor.commands.scrollIntoView()
      ;({ height } = shown)
    }
    root.dataset.formatBar = ''
    follow()
    shown.addEventListener('resize', resized, { signal })
    shown.addEventListener('scroll', follow, { signal })
    return () => {
      stopping.abort()
      delete root.dataset.formatBar
      root.style.removeProperty('--keyboard')
    }
  }, [editor])
}

/** How much of the window's foot is taken, in px. */
export function pageFootPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--foot')) || 0
}
