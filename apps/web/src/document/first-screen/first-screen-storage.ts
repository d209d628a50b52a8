import type { ScreenNode } from '@tandem/schema/first-screen'

/** What stood where a document begins, when this browser showed it last. */
export interface KeptScreen {
  /** Of the text, px from the top of the page. */
  readonly top: number
  readonly blocks: readonly ScreenNode[]
}

/** Grows when a screen becomes something else: what an older page kept is then not shown. */
const FORM = 1
const NAME = 'tandem:first-screen:'
/** Of all accounts of this browser; those that were seen longest ago go. */
const MOST = 16

const nameFor = (userId: string, documentId: string): string => `${NAME}${FORM}:${userId}:${documentId}`

/** Undefined also where the browser keeps nothing, or what is there cannot be read. */
export function keptScreen(userId: string, documentId: string): KeptScreen | undefined {
  try {
    const kept = localStorage.getItem(nameFor(userId, documentId)) ?? ''
    const screen: unknown = JSON.parse(kept.slice(kept.indexOf(' ') + 1))
    return isScreen(screen) ? screen : undefined
  } catch {
    return undefined
  }
}

/** Undefined: it is forgotten. `now`: ms since 1970. */
export function keepScreen(userId: string, documentId: string, screen: KeptScreen | undefined, now: number): void {
  const name = nameFor(userId, documentId)
  try {
    localStorage.removeItem(name) // also when the new one has no room: an older one would show what is no more
    if (screen === undefined) return
    forgetOldest()
    localStorage.setItem(name, `${now} ${JSON.stringify(screen)}`)
  } catch {
    return // full or switched off: then nothing is shown until the document is open
  }
}

export function forgetScreensOf(userId: string): void {
  try {
    for (const name of keptNames()) if (name.startsWith(nameFor(userId, ''))) localStorage.removeItem(name)
  } catch {
    return // switched off: then there are none
  }
}

function keptNames(): string[] {
  return Object.keys(localStorage).filter((name) => name.startsWith(NAME))
}

function forgetOldest(): void {
  const names = keptNames()
  const keptAt = (name: string): number => Number.parseInt(localStorage.getItem(name) ?? '', 10) || 0
  const newestFirst = names.toSorted((one, other) => keptAt(other) - keptAt(one))
  for (const name of newestFirst.slice(MOST - 1)) localStorage.removeItem(name)
}

function isScreen(value: unknown): value is KeptScreen {
  const { top, blocks } = (value ?? {}) as Partial<Record<keyof KeptScreen, unknown>>
  return typeof top === 'number' && Array.isArray(blocks)
}
