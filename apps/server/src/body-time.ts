import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long the body of a request may take to come, ms. */
    bodyMs?: number
  }
}

const BODY_MS = 30_000
/** The longest that any route says. Node knows one limit for all. */
export const LONGEST_BODY_MS = 15 * 60_000

/** Drops the connection of a request whose body is not here in time, whatever is being done with it. */
export function boundBodyTime({ raw, routeOptions }: FastifyRequest): void {
  const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0
  if (!hasBody) return
  const timer = setTimeout(() => {
    if (!raw.complete) raw.socket.destroy()
  }, routeOptions.config.bodyMs ?? BODY_MS)
  timer.unref()
  raw.once('close', () => clearTimeout(timer))
}
