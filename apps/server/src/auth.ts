import { createHash, randomBytes } from 'node:crypto'
import { betterAuth, type BetterAuthOptions } from 'better-auth'
import { APIError } from 'better-auth/api'
import { getMigrations } from 'better-auth/db/migration'
import { anonymous } from 'better-auth/plugins/anonymous'
import { PersonName, type User } from '@tandem/api'
import { setSuspended, type AccountsDatabase } from '@tandem/store'
import { SyncError, UserId } from '@tandem/sync'
import type { Config } from './config.ts'
import { guestName } from './guest-name.ts'
import type { SocketLogin } from './live-socket.ts'
import { safeMessage, type Log } from './log.ts'
import {
  addTicket,
  forgetExpiredTickets,
  lastingLogins,
  loginIdOfToken,
  SCRIPT_TOKENS,
  SOCKET_TICKETS,
  takeTicket,
} from './login-tables.ts'
import { findPerson, isSuspended, loginsOf, suspended, SUSPENDED_AT } from './suspension.ts'
import type { TicketTable } from './tickets.ts'

/** Header in which http.ts tells better-auth the caller's address; whatever a caller put there is overwritten. */
export const ADDRESS_HEADER = 'x-tandem-address'

export interface Login extends SocketLogin {
  /** `Set-Cookie` values that prolong the login; empty most of the time. */
  readonly setCookies: readonly string[]
}

/**
 * Who people are: accounts, guests and logins (better-auth, on the node's own database), and tokens for scripts.
 * Every method throws SyncError 'log-unavailable' when the database cannot be reached. Who was suspended is nobody: `login` throws
 * 'not-signed-in', with words for them; `bearer`, `lasting` and `tickets` know nothing of theirs.
 */
export interface Auth {
  /** Everything under /api/auth. */
  handle(request: Request): Promise<Response>
  /** Whose cookie this is; undefined for none, an expired one, or one that this SECRET_KEY did not sign. */
  login(headers: Headers): Promise<Login | undefined>
  /** Whose token this is; `loginId` names the token, without giving it away. */
  bearer(token: string): Promise<SocketLogin | undefined>
  /** Which of these logins and tokens have not ended. */
  lasting(loginIds: readonly string[]): Promise<ReadonlySet<string>>
  readonly tickets: TicketTable
  rename(userId: UserId, name: string): Promise<void>
  /**
   * From now on nothing of this user's, found by email address or account id, signs anybody in, and they cannot sign in anew; undefined: there is no such user.
   * Resolves with the ids of what they are signed in by, so that the nodes can be told. `unsuspend` gives all of it back.
   */
  suspend(who: string): Promise<{ user: User; loginIds: readonly string[] } | undefined>
  unsuspend(who: string): Promise<User | undefined>
  /** A new token for the user with this address, who is created when there is none. The token is shown once: only its hash is kept. Throws 'not-allowed' for who was suspended. */
  issueToken(email: string, name: string | undefined): Promise<{ token: string; user: User; created: boolean }>
}

interface AuthPorts {
  readonly config: Pick<Config, 'publicUrl' | 'port' | 'secretKey'>
  readonly database: AccountsDatabase
  /** Runs work while no other node runs such work. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly log: Log
  /** Somebody signed out, or their login was ended for them. Must not throw. */
  readonly onLoginEnded?: (userId: UserId, loginId: string) => void
  /** Which origins may act, of those a request could name. */
  readonly trustedOrigins: (headers: Headers) => string[]
}

const LOGIN_DAYS = 365
const TOKEN_PREFIX = 'tandem_'

/** Creates or updates better-auth's tables (safe when several nodes start at once), then answers for logins. */
export async function openAuth(ports: AuthPorts): Promise<Auth> {
  const { database } = ports
  const options = authOptions(ports)
  await ports.alone(async () => (await getMigrations(options)).runMigrations())
  const auth = betterAuth(options)
  const { adapter, internalAdapter } = await auth.$context

  return {
    handle: (request) => auth.handler(request),
    login: (headers) =>
      orUnavailable(async () => {
        const { response, headers: answered } = await auth.api.getSession({ headers, returnHeaders: true })
        if (response !== null && isSuspended(response.user)) throw suspended()
        return response === null
          ? undefined
          : { user: toUser(response.user), loginId: response.session.id, setCookies: answered.getSetCookie() }
      }),
    bearer: (token) =>
      orUnavailable(async () => {
        if (!token.startsWith(TOKEN_PREFIX)) return undefined
        const found = await adapter.findOne<{ id: string; user: Parameters<typeof toUser>[0] | null }>({
          model: 'scriptToken',
          where: [{ field: 'tokenHash', value: tokenHash(token) }],
          join: { user: true },
        })
        return found?.user && !isSuspended(found.user)
          ? { user: toUser(found.user), loginId: loginIdOfToken(found.id) }
          : undefined
      }),
    lasting: (loginIds) => orUnavailable(() => lastingLogins(adapter, loginIds)),
    tickets: {
      add: (row) => orUnavailable(() => addTicket(adapter, row)),
      take: (ticketHash) =>
        orUnavailable(async () => {
          const row = await takeTicket(adapter, ticketHash)
          const user = row === undefined ? null : await internalAdapter.findUserById(row.userId)
          return row === undefined || user === null ? undefined : { user: toUser(user), loginId: row.loginId }
        }),
      forgetExpired: () => orUnavailable(() => forgetExpiredTickets(adapter)),
    },
    rename: (userId, name) => orUnavailable(async () => void (await internalAdapter.updateUser(userId, { name }))),
    suspend: (who) =>
      orUnavailable(async () => {
        const found = await findPerson({ adapter, internalAdapter }, who)
        if (found === undefined) return undefined
        const user = toUser(found)
        await setSuspended(database, user.userId, { isSuspended: true })
        return { user, loginIds: await loginsOf({ adapter, internalAdapter }, found.id) }
      }),
    unsuspend: (who) =>
      orUnavailable(async () => {
        const found = await findPerson({ adapter, internalAdapter }, who)
        const user = found && toUser(found)
        if (user !== undefined) await setSuspended(database, user.userId, { isSuspended: false })
        return user
      }),
    issueToken: (email, name) =>
      orUnavailable(async () => {
        const known = await internalAdapter.findUserByEmail(email)
        if (known !== null && isSuspended(known.user))
          throw new SyncError('not-allowed', 'This user is suspended: `pnpm tandem unsuspend` first.')
        const user =
          known?.user ??
          (await internalAdapter.createUser(
            { email, name: name ?? guestName(), emailVerified: false },
            { method: 'token' },
          ))
        if (known !== null && name !== undefined) await internalAdapter.updateUser(user.id, { name })
        const token = TOKEN_PREFIX + randomBytes(32).toString('base64url')
        await adapter.create({
          model: 'scriptToken',
          data: { userId: user.id, tokenHash: tokenHash(token), createdAt: new Date() },
        })
        return { token, user: toUser({ ...user, name: name ?? user.name }), created: known === null }
      }),
  }
}

function authOptions({ config, database, log, onLoginEnded, trustedOrigins }: AuthPorts) {
  const isHttps = config.publicUrl?.startsWith('https:') ?? false
  return {
    appName: 'Tandem',
    baseURL: config.publicUrl ?? `http://localhost:${config.port}`,
    basePath: '/api/auth',
    secret: config.secretKey,
    database,
    trustedOrigins: (request) => (request === undefined ? [] : trustedOrigins(request.headers)),
    emailAndPassword: { enabled: true },
    user: { additionalFields: SUSPENDED_AT },
    // A guest who loses the cookie loses what only they could open.
    session: { expiresIn: LOGIN_DAYS * 24 * 3600, updateAge: 24 * 3600 },
    plugins: [
      // The guest's row stays when they make an account: documents and client ids still name it.
      anonymous({ generateName: guestName, emailDomainName: 'guest.invalid', disableDeleteAnonymousUser: true }),
      { id: 'script-tokens', schema: SCRIPT_TOKENS },
      { id: 'socket-tickets', schema: SOCKET_TICKETS },
    ],
    // Names change through `me.rename` alone, which checks them and tells the other nodes.
    disabledPaths: ['/update-user', '/delete-anonymous-user'],
    databaseHooks: {
      session: {
        create: {
          before: async ({ userId }, context) => {
            const user = await context?.context.internalAdapter.findUserById(userId)
            if (user && isSuspended(user)) throw new APIError('FORBIDDEN', { message: suspended().message })
          },
        },
        delete: { after: async ({ id, userId }) => onLoginEnded?.(UserId.parse(userId), id) },
      },
      user: {
        create: {
          before: async (user) => ({ data: { ...user, name: PersonName.safeParse(user.name).data ?? guestName() } }),
        },
      },
    },
    rateLimit: {
      enabled: true,
      window: 10,
      max: 100,
      customRules: {
        '/sign-in/anonymous': { window: 60, max: 100 },
        '/sign-in/email': { window: 60, max: 10 },
        '/sign-up/email': { window: 60, max: 10 },
      },
    },
    advanced: {
      database: { joins: true }, // a login and whose it is in one query: everybody comes back at once after an outage
      // Over https browsers themselves refuse a cookie of this name that is not Secure, or that a neighbouring subdomain has set.
      cookiePrefix: isHttps ? '__Host-tandem' : 'tandem',
      useSecureCookies: false, // would put __Secure- in front, which promises less
      defaultCookieAttributes: { secure: isHttps },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: {
      log: (level, message, ...details) =>
        log[level]({ details: details.map(safeMessage) }, `better-auth: ${safeMessage(message)}`),
    },
  } satisfies BetterAuthOptions
}

function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function toUser(user: { id: string; name: string; isAnonymous?: unknown }): User {
  return { userId: UserId.parse(user.id), name: user.name, isGuest: user.isAnonymous === true }
}

async function orUnavailable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof SyncError) throw cause
    throw new SyncError('log-unavailable', 'Accounts cannot be read right now. Try again.', { cause })
  }
}
