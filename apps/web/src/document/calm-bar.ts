const PAUSE_MS = 2_000
/** Besides those that write a character; the last two are what an input method or a phone's keyboard says. */
const TYPING_KEYS = new Set(['Enter', 'Backspace', 'Delete', 'Process', 'Unidentified'])

/** What is heard on the whole page, and what it says. */
const HEARD = {
  keydown: (event) => (isTyping(event as KeyboardEvent) ? 'typing' : undefined),
  input: (event) => (isInText(event) ? 'typing' : undefined),
  pointermove: (event) => (isMoved(event as PointerEvent) ? 'other' : undefined),
  pointerdown: () => 'other',
  touchstart: () => 'other',
  wheel: () => 'other',
  focusin: (event) => (isInText(event) ? undefined : 'other'),
} satisfies Record<string, (event: Event) => 'typing' | 'other' | undefined>

/**
 * Calls `show(true)` when somebody types in the text, and `show(false)` at once when they do anything else, or nothing for 2 s. Between the two
 * a key costs no more than a number: nothing is drawn, no timer is set. Returns stop, which leaves it shown.
 */
export function watchCalm(root: HTMLElement, show: (isCalm: boolean) => void): () => void {
  let lastTypedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const wake = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    show(false)
  }
  const look = () => {
    const left = lastTypedAt + PAUSE_MS - performance.now()
    if (left <= 0) return wake()
    timer = setTimeout(look, left)
  }
  const onEvent = (event: Event) => {
    const said = HEARD[event.type as keyof typeof HEARD](event)
    if (said === 'other') return wake()
    if (said === undefined) return
    lastTypedAt = performance.now()
    if (timer !== undefined) return
    timer = setTimeout(look, PAUSE_MS)
    show(true)
  }

  const names = Object.keys(HEARD)
  for (const name of names) root.addEventListener(name, onEvent, { capture: true, passive: true })
  window.addEventListener('blur', wake)
  return () => {
    for (const name of names) root.removeEventListener(name, onEvent, { capture: true })
    window.removeEventListener('blur', wake)
    wake()
  }
}

function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || !isInText(event)) return false
  return /^.$/u.test(event.key) || TYPING_KEYS.has(event.key)
}

function isInText({ target }: Event): boolean {
  return target instanceof Element && target.closest('.prose-document[contenteditable="true"]') !== null
}

/** Browsers also tell of a pointer that lies still while the page moves under it. */
function isMoved({ movementX, movementY }: PointerEvent): boolean {
  return movementX !== 0 || movementY !== 0
}
