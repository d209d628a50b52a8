import type { betterAuth } from 'better-auth'
import { isSuspended } from './suspension.ts'
import type { TicketRow } from './tickets.ts'

/** Tokens for scripts, beside better-auth's own tables. */
export const SCRIPT_TOKENS = {
  scriptToken: {
    modelName: 'script_token',
    fields: {
      userId: {
        type: 'string',
        required: true,
        references: { model: 'user', field: 'id', onDelete: 'cascade' },
        index: true,
      },
      tokenHash: { type: 'string', required: true, unique: true },
      createdAt: { type: 'date', required: true },
    },
  },
} as const

/** Tickets that nobody has used yet. */
export const SOCKET_TICKETS = {
  socketTicket: {
    modelName: 'socket_ticket',
    fields: {
      userId: {
        type: 'string',
        required: true,
        references: { model: 'user', field: 'id', onDelete: 'cascade' },
        index: true,
      },
      /** A cookie's login or a token: no reference, since it may be either. */
      loginId: { type: 'string', required: true },
      ticketHash: { type: 'string', required: true, unique: true },
      expiresAt: { type: 'date', required: true, index: true },
    },
  },
} as const

/** better-auth's way to its tables, and to these. */
type Adapter = Pick<
  Awaited<ReturnType<typeof betterAuth>['$context']>['adapter'],
  'findMany' | 'create' | 'consumeOne' | 'deleteMany'
>

/** Of the login id of a token; those of cookies have none. */
const TOKEN_LOGIN = 'token:'

export function loginIdOfToken(id: string): string {
  return TOKEN_LOGIN + id
}

/** Which of these logins and tokens are there, have not expired, and are of somebody who is not suspended. Two queries at most. */
export async function lastingLogins(adapter: Adapter, loginIds: readonly string[]): Promise<ReadonlySet<string>> {
  const isToken = (loginId: string): boolean => loginId.startsWith(TOKEN_LOGIN)
  const found = async (model: 'session' | 'scriptToken', ids: string[]): Promise<string[]> => {
    if (ids.length === 0) return []
    const where = [{ field: 'id', operator: 'in', value: ids } as const]
    const rows = await adapter.findMany<LoginRow>({ model, where, limit: ids.length, join: { user: true } })
    return rows.filter(isLasting).map(({ id }) => id)
  }
  const tokenIds = loginIds.filter(isToken).map((loginId) => loginId.slice(TOKEN_LOGIN.length))
  const cookieIds = loginIds.filter((loginId) => !isToken(loginId))
  const [logins, tokens] = await Promise.all([found('session', cookieIds), found('scriptToken', tokenIds)])
  return new Set([...logins, ...tokens.map(loginIdOfToken)])
}

interface LoginRow {
  readonly id: string
  readonly expiresAt?: Date
  readonly user?: object | null
}

function isLasting({ expiresAt, user }: LoginRow): boolean {
  return (expiresAt === undefined || expiresAt > new Date()) && !(user && isSuspended(user))
}

export async function addTicket(adapter: Adapter, row: TicketRow): Promise<void> {
  await adapter.create({ model: 'socketTicket', data: row })
}

/** Deletes it and answers what it said: to one of all who ask at once, and only before it expires and while its login lasts. */
export async function takeTicket(
  adapter: Adapter,
  ticketHash: string,
): Promise<Pick<TicketRow, 'userId' | 'loginId'> | undefined> {
  const where = [
    { field: 'ticketHash', value: ticketHash },
    { field: 'expiresAt', operator: 'gt', value: new Date() } as const,
  ]
  const row = await adapter.consumeOne<TicketRow>({ model: 'socketTicket', where })
  if (row === null || !(await lastingLogins(adapter, [row.loginId])).has(row.loginId)) return undefined
  return row
}

export async function forgetExpiredTickets(adapter: Adapter): Promise<void> {
  await adapter.deleteMany({
    model: 'socketTicket',
    where: [{ field: 'expiresAt', operator: 'lt', value: new Date() }],
  })
}
