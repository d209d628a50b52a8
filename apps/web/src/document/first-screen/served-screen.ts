import type { FirstScreen } from '@tandem/schema/first-screen'

const ID = 'first-screen'

/** What came with the page of what this document begins with; once, as it is old later. Undefined: nothing, or of another document. */
export function servedScreen(documentId: string): Pick<FirstScreen, 'userId' | 'blocks'> | undefined {
  try {
    const served: unknown = JSON.parse(document.getElementById(ID)?.textContent ?? 'null')
    const { documentId: id, userId, blocks } = (served ?? {}) as Partial<Record<keyof FirstScreen, unknown>>
    const isScreen = id === documentId && Array.isArray(blocks) && (typeof userId === 'string' || userId === null)
    return isScreen ? { userId, blocks } : undefined
  } catch {
    return undefined
  }
}

export function dropServedScreen(): void {
  document.getElementById(ID)?.remove()
}
