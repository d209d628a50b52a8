import { useLayoutEffect, useRef } from 'react'

/** Where the first screen stands while what is around it is drawn. It goes with what is shown here. */
export function FirstScreenPlace({ screen }: { screen: HTMLElement }) {
  const place = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    place.current?.append(screen)
    return keepHeight
  }, [screen])
  return <div ref={place} className="print:hidden" />
}

/** Until what comes in its place has been drawn: who has scrolled already stays where they are. */
function keepHeight(): void {
  if (window.scrollY === 0) return
  const { body } = document
  body.style.minHeight = `${document.documentElement.scrollHeight}px`
  requestAnimationFrame(() => (body.style.minHeight = ''))
}
