import { setTimeout } from 'node:timers/promises'
import type { Client, Seat } from '../clients/client.ts'
import { PROTOCOLS } from '../clients/protocols.ts'
import { cpuUs, rssBytes } from '../machine.ts'
import { OwnShare, quantile, seatAll } from './crowd.ts'
import type { Figures, IdleJob } from './jobs.ts'
import { newAuthor } from './typists.ts'

/** For joins to be over, and for the garbage of them to be collected. */
const SETTLE_MS = 5_000
const CUT_MS = 1_000
/** As clients of all kinds do who are not let in: again, after a random pause. */
const MOST_PAUSE_MS = 1_000
const MOST_RETRIES = 30

/** Sockets that sit there: what one costs in memory; and, when all are cut and come back at once, how soon they are served. */
export async function idle({ protocol, target, sockets, documents, storm }: IdleJob): Promise<Figures> {
  const tally = { updates: 0, carets: 0, refused: 0 }
  const names = await PROTOCOLS[protocol].documents(target, documents)
  const seats: Seat[] = Array.from({ length: sockets }, (_, index) => ({
    target,
    document: names[index % names.length] ?? '',
    author: newAuthor(),
    tally,
    heard: undefined,
  }))
  const rssBefore = rssBytes(target.pid)
  let clients = await seatAll(PROTOCOLS[protocol], seats)
  await setTimeout(SETTLE_MS)
  const rssPerSocket = (rssBytes(target.pid) - rssBefore) / sockets
  for (const client of clients) if (storm) client.close()
  if (!storm) {
    for (const client of clients) client.close()
    return { rssPerSocket }
  }
  await setTimeout(CUT_MS)
  const [cpuBefore, share, startedMs] = [cpuUs(target.pid), new OwnShare(), performance.now()]
  const servedMs: number[] = []
  let retries = 0
  const openAfterAll = async (seat: Seat): Promise<Client> => {
    for (;;) {
      try {
        return await PROTOCOLS[protocol].open(seat)
      } catch (error) {
        if (++retries > sockets * MOST_RETRIES) throw error
        await setTimeout(Math.random() * MOST_PAUSE_MS)
      }
    }
  }
  clients = await Promise.all(
    seats.map(async (seat): Promise<Client> => {
      const client = await openAfterAll(seat)
      servedMs.push(performance.now() - startedMs)
      return client
    }),
  )
  const cpu = cpuUs(target.pid) - cpuBefore
  for (const client of clients) client.close()
  return {
    p50: quantile(servedMs, 0.5),
    p99: quantile(servedMs, 0.99),
    cpuMsPerSocket: cpu / 1000 / sockets,
    retries,
    generatorShare: share.value,
  }
}
