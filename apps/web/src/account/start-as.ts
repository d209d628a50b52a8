import { SyncError } from '@tandem/sync'
import { dropFirstScreenUnlessOf, forgetFirstScreensOf } from '../document/first-screen/first-screen.ts'
import { rememberedMe, rememberMe } from './remembered-me.ts'
import { NotLetIn, signIn, type Me } from './sign-in.ts'

/** How long a page waits for the server to say who this is, when it remembers it. */
const PATIENCE_MS = 2_500

export interface Start {
  readonly me: Me
  /** The server has not said so this time: it is asked until it does. */
  readonly isRemembered: boolean
}

/** Who this browser is, by the server; by memory when there is no answer. Rejects when there is neither. */
export async function startAs(): Promise<Start> {
  const remembered = rememberedMe()
  const asked = askWhoIAm()
  if (remembered === undefined) return { me: await asked, isRemembered: false }
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), PATIENCE_MS)
  try {
    const me = await Promise.race([asked, late.promise])
    return me === undefined ? { me: remembered, isRemembered: true } : { me, isRemembered: false }
  } catch (error) {
    if (error instanceof SyncError && error.code === 'not-signed-in') throw error // suspended: that is an answer
    return { me: remembered, isRemembered: true } // whatever is wrong with the server is asked about again, and said there
  } finally {
    clearTimeout(timer)
  }
}

/** By the server, and remembered. */
export async function askWhoIAm(): Promise<Me> {
  const before = rememberedMe()?.userId
  const forgetBefore = () => before !== undefined && forgetFirstScreensOf(before)
  try {
    const me = await signIn()
    if (before !== me.userId) forgetBefore()
    dropFirstScreenUnlessOf(me.userId)
    rememberMe(me)
    return me
  } catch (error) {
    if (error instanceof NotLetIn) forgetBefore()
    throw error instanceof NotLetIn ? new SyncError('not-signed-in', error.message) : error
  }
}
