import type { Me } from './sign-in.ts'

const NAME = 'tandem:me'

/** Who this browser was when the server was last asked: whose work may be opened without it. */
export function rememberedMe(): Me | undefined {
  try {
    return readMe(JSON.parse(localStorage.getItem(NAME) ?? 'null'))
  } catch {
    return undefined // storage is switched off, or somebody wrote something else there: the server has to be asked
  }
}

export function rememberMe(me: Me): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(me))
  } catch {
    return // full or switched off: then nothing opens without the server
  }
}

function readMe(value: unknown): Me | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { userId, name, isGuest } = value as Partial<Record<keyof Me, unknown>>
  if (typeof userId !== 'string' || userId === '' || typeof name !== 'string') return undefined
  return { userId: userId as Me['userId'], name, isGuest: isGuest === true }
}
