import type { UserId } from '@tandem/sync'

/** Who is signed in, as `me.get` says it. */
export interface Me {
  readonly userId: UserId
  readonly name: string
  readonly isGuest: boolean
}

/** The server knows who this is, and does not let them in. */
export class NotLetIn extends Error {}

const TRIES = 3

let ahead: Promise<Me> | undefined

/** Signs in while the rest of the page is still being read; the first `signIn` takes what comes of it. */
export function signInAhead(): void {
  ahead = askAlone()
  ahead.catch(() => undefined) // whoever takes it says so
}

/**
 * Who this browser is; a new visitor becomes a guest with a friendly name.
 * Tabs that open at once for the first time become one guest: they take turns under a Web Lock, and without Web
 * Locks (plain http) the last cookie wins, so the answer to `me.get` after it is the one to believe.
 */
export async function signIn(): Promise<Me> {
  const asked = ahead ?? askAlone()
  ahead = undefined
  return asked
}

async function askAlone(): Promise<Me> {
  const locks = navigator.locks as LockManager | undefined
  return locks ? locks.request('tandem:sign-in', askOrBecomeGuest) : askOrBecomeGuest()
}

async function askOrBecomeGuest(): Promise<Me> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const me = await whoAmI()
    if (me) return me
    await becomeGuest()
  }
  throw new Error(
    'This browser did not keep the cookie that signs you in. Allow cookies for this site, then try again.',
  )
}

async function whoAmI(): Promise<Me | null> {
  const response = await fetch('/trpc/me.get', { headers: { 'x-tandem': '1' } })
  const body = (await response.json()) as {
    result?: { data: Me | null }
    error?: { message: string; data?: { sync?: { code?: unknown } } }
  }
  if (body.result) return body.result.data
  // Whose account was suspended is not nobody: who asked as nobody would become another guest, and lose this one's cookie.
  if (body.error?.data?.sync?.code === 'not-signed-in') throw new NotLetIn(body.error.message)
  throw new Error(body.error?.message ?? `The server answered ${response.status}.`)
}

async function becomeGuest(): Promise<void> {
  const response = await fetch('/api/auth/sign-in/anonymous', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tandem': '1' },
    body: '{}',
  })
  // 400: another tab has just signed in; `me.get` tells.
  if (response.ok || response.status === 400) return
  if (response.status === 429)
    throw new Error('Too many new guests from your network at once. Wait a minute, then try again.')
  throw new Error(`Signing in as a guest did not work (the server answered ${response.status}).`)
}
