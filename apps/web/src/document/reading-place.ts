import { documentHere } from './document-here.ts'

/** Which block was at the top of the window, how it begins (others may write above it meanwhile), and where it was, px from that top. */
export interface ReadingPlace {
  readonly block: number
  readonly words: string
  readonly top: number
}

const nameFor = (documentId: string): string => `tandem:reading:${documentId}`

/** For the page that this tab loads next. Undefined: where the document begins. */
export function keepReadingPlace(documentId: string, place: ReadingPlace | undefined): void {
  try {
    if (place === undefined) sessionStorage.removeItem(nameFor(documentId))
    else sessionStorage.setItem(nameFor(documentId), JSON.stringify(place))
  } catch {
    return // full or switched off: then it is where the document begins
  }
}

/** What the page was loaded for. */
const loaded = documentHere()

/** Where this tab was in the document when its page was left, if this is that page loaded again. Who comes anew comes to the beginning. */
export function readingPlace(documentId: string): ReadingPlace | undefined {
  if (documentId !== loaded) return undefined
  const [navigation] = performance.getEntriesByType('navigation')
  const type = (navigation as PerformanceNavigationTiming | undefined)?.type
  if (type !== 'reload' && type !== 'back_forward') return undefined
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(nameFor(documentId)) ?? 'null')
    return isPlace(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

function isPlace(value: unknown): value is ReadingPlace {
  const { block, words, top } = (value ?? {}) as Partial<Record<keyof ReadingPlace, unknown>>
  return Number.isSafeInteger(block) && typeof words === 'string' && typeof top === 'number'
}
