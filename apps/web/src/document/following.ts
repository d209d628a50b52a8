/** Whom this tab follows. */
export interface Followed {
  readonly userId: string
  readonly name: string
  readonly color: string
}

let followed: Followed | undefined
const listeners = new Set<() => void>()

/** From now on this person's caret is kept in view; undefined: nobody's. */
export function follow(person: Followed | undefined): void {
  if (followed?.userId === person?.userId) return
  followed = person
  for (const listener of listeners) listener()
}

export const followStore = {
  getSnapshot: (): Followed | undefined => followed,
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
