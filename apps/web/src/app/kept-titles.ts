import { useMemo, useSyncExternalStore } from 'react'
import { useMe } from '../account/use-me.ts'

const NAME = 'tandem:title:'
const nameFor = (userId: string, documentId: string): string => `${NAME}${userId}:${documentId}`

const listeners = new Set<() => void>()

/** A title that was typed here by this account and has not reached the server. Undefined also where the browser keeps nothing. */
export function keptTitle(userId: string, documentId: string): string | undefined {
  try {
    return localStorage.getItem(nameFor(userId, documentId)) ?? undefined
  } catch {
    return undefined // storage is switched off: the title then lives as long as the page
  }
}

export function keepTitle(userId: string, documentId: string, title: string | undefined): void {
  try {
    if (title === undefined) localStorage.removeItem(nameFor(userId, documentId))
    else localStorage.setItem(nameFor(userId, documentId), title)
  } catch {
    return // full or switched off; the status goes on saying that it is not saved
  }
  for (const listener of listeners) listener()
}

/** By document. */
export function keptTitles(userId: string): ReadonlyMap<string, string> {
  try {
    const start = nameFor(userId, '')
    const names = Object.keys(localStorage).filter((name) => name.startsWith(start))
    return new Map(names.map((name) => [name.slice(start.length), localStorage.getItem(name) ?? '']))
  } catch {
    return new Map()
  }
}

/** Those of this account, also as they change in other tabs. */
export function useKeptTitles(): ReadonlyMap<string, string> {
  const userId = useMe()?.userId ?? ''
  const entries = useSyncExternalStore(listen, () => JSON.stringify([...keptTitles(userId)]))
  return useMemo(() => new Map(JSON.parse(entries) as [string, string][]), [entries])
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

const lockOf = (userId: string, documentId: string): string => `tandem:title:${userId}:${documentId}`
const locks = (): LockManager | undefined => (navigator as Partial<Navigator>).locks

/** The page that has the document open sends its title. Returns release. Without Web Locks (plain http) nobody else does either. */
export function holdTitle(userId: string, documentId: string): () => void {
  const held = Promise.withResolvers<void>()
  const asked = locks()?.request(lockOf(userId, documentId), { mode: 'shared' }, () => held.promise)
  asked?.catch(() => undefined) // the page is going
  return held.resolve
}

/** Does it unless a page has the document open. */
export async function unlessHeld(userId: string, documentId: string, work: () => Promise<void>): Promise<void> {
  await locks()?.request(lockOf(userId, documentId), { ifAvailable: true }, (lock) =>
    lock === null ? undefined : work(),
  )
}
