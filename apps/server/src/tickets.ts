import { createHash, randomBytes } from 'node:crypto'
import type { SocketTicket, Tickets } from '@tandem/api'
import { LIMITS, type UserId } from '@tandem/sync'
import type { SocketLogin } from './live-socket.ts'

/** An issued ticket: its hash, and who may open a socket as whom with it. */
export interface TicketRow {
  readonly ticketHash: string
  readonly userId: UserId
  readonly loginId: string
  readonly expiresAt: Date
}

/** Issued tickets; single use is the database's to keep, so that it holds on all nodes and without Redis. */
export interface TicketTable {
  add(row: TicketRow): Promise<void>
  /** Removes it and answers whose it was: to one caller only, and only before it expires and while the login lasts. */
  take(ticketHash: string): Promise<SocketLogin | undefined>
  forgetExpired(): Promise<void>
}

const FORGET_EVERY_MS = 60_000
const TICKET = /^[A-Za-z0-9_-]{43}$/

export interface SocketTicketsOptions {
  readonly table: TicketTable
  readonly onTicket: (what: 'issued' | 'used' | 'refused') => void
  /** Monotonic, ms. */
  readonly now: () => number
}

/** Tickets of 30 s for one socket each. Every method throws SyncError 'log-unavailable' when the database cannot be reached. */
export class SocketTickets implements Tickets {
  readonly #options: SocketTicketsOptions
  #forgotAtMs: number

  constructor(options: SocketTicketsOptions) {
    this.#options = options
    this.#forgotAtMs = options.now()
  }

  async issue(userId: UserId, loginId: string): Promise<SocketTicket> {
    const { table, now, onTicket } = this.#options
    const ticket = randomBytes(32).toString('base64url')
    const expiresAt = new Date(Date.now() + LIMITS.ticketMs)
    await table.add({ ticketHash: hashOf(ticket), userId, loginId, expiresAt })
    onTicket('issued')
    if (now() - this.#forgotAtMs >= FORGET_EVERY_MS) {
      this.#forgotAtMs = now()
      await table.forgetExpired()
    }
    return { ticket, validMs: LIMITS.ticketMs }
  }

  /** Whose it was; undefined for one that was used, has expired, never was, or whose login has ended. */
  async use(ticket: string): Promise<SocketLogin | undefined> {
    const login = TICKET.test(ticket) ? await this.#options.table.take(hashOf(ticket)) : undefined
    this.#options.onTicket(login === undefined ? 'refused' : 'used')
    return login
  }
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex')
}
