import type { Client, Protocol, Seat } from '../clients/client.ts'

const CONNECTING_AT_ONCE = 50

/** Opens all seats, some at a time; the clients come in the order of the seats. */
export async function seatAll(protocol: Protocol, seats: readonly Seat[]): Promise<readonly Client[]> {
  const clients: Client[] = []
  for (let at = 0; at < seats.length; at += CONNECTING_AT_ONCE)
    clients.push(...(await Promise.all(seats.slice(at, at + CONNECTING_AT_ONCE).map((seat) => protocol.open(seat)))))
  return clients
}

/** The value below which this share of the values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Processor time of this process as a share of one core. */
export class OwnShare {
  readonly #cpu = process.cpuUsage()
  readonly #sinceMs = performance.now()

  get value(): number {
    const { user, system } = process.cpuUsage(this.#cpu)
    return (user + system) / 1000 / (performance.now() - this.#sinceMs)
  }
}
