import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import type { betterAuth } from 'better-auth'
import { userTopic } from '@tandem/api'
import { NodeId, SyncError, type UserId } from '@tandem/sync'
import type { Config } from './config.ts'
import { loginIdOfToken } from './login-tables.ts'
import { RelayEnvelope } from './relay-envelope.ts'

type AuthContext = Awaited<ReturnType<typeof betterAuth>['$context']>
interface Accounts {
  readonly adapter: Pick<AuthContext['adapter'], 'findMany'>
  readonly internalAdapter: Pick<AuthContext['internalAdapter'], 'findUserByEmail' | 'findUserById'>
}

/** A column of better-auth's own table of users, which the store writes; no caller of better-auth can. */
export const SUSPENDED_AT = { suspendedAt: { type: 'date', required: false, input: false } } as const

const MOST_LOGINS = 10_000
const CONNECT_MS = 3_000

export interface FoundPerson {
  readonly id: string
  readonly name: string
}

/** By email address or account id. */
export async function findPerson({ internalAdapter }: Accounts, who: string): Promise<FoundPerson | undefined> {
  if (who.includes('@')) return (await internalAdapter.findUserByEmail(who))?.user
  return (await internalAdapter.findUserById(who)) ?? undefined
}

/** Ids of everything that this user can be known by: logins of browsers, and tokens. */
export async function loginsOf({ adapter }: Accounts, userId: string): Promise<string[]> {
  const of = async (model: 'session' | 'scriptToken'): Promise<string[]> => {
    const where = [{ field: 'userId', value: userId }]
    return (await adapter.findMany<{ id: string }>({ model, where, limit: MOST_LOGINS })).map(({ id }) => id)
  }
  const [logins, tokens] = await Promise.all([of('session'), of('scriptToken')])
  return [...logins, ...tokens.map(loginIdOfToken)]
}

export function isSuspended(user: object): boolean {
  return 'suspendedAt' in user && user.suspendedAt !== null && user.suspendedAt !== undefined
}

export function suspended(): SyncError {
  return new SyncError(
    'not-signed-in',
    'This account was suspended. Ask whoever runs this server. What you had not saved is kept in this browser.',
  )
}

/**
 * Tells the nodes over Redis, as one of them would, that these logins have ended: they close what was opened with them. Resolves with
 * whether Redis took it; without it every node finds out by itself within 5 s.
 */
export async function sayLoginsEnded(
  { redisUrl, secretKey }: Pick<Config, 'redisUrl' | 'secretKey'>,
  userId: UserId,
  loginIds: readonly string[],
): Promise<boolean> {
  if (redisUrl === undefined) return false
  const node = NodeId.parse(`cli-${randomBytes(12).toString('hex')}`)
  const envelope = new RelayEnvelope(node, secretKey)
  const channel = envelope.channel(userTopic(userId))
  const redis = new Redis(redisUrl, { lazyConnect: true, connectTimeout: CONNECT_MS, retryStrategy: () => null })
  redis.on('error', () => undefined) // what was asked rejects with it
  try {
    await redis.connect()
    for (const loginId of loginIds)
      await redis.publish(
        channel,
        envelope.seal(channel, { type: 'event', node, event: { name: 'loginEnded', data: { loginId } } }),
      )
    return true
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
}
