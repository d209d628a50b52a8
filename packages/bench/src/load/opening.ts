import { setTimeout } from 'node:timers/promises'
import type { Client, Seat } from '../clients/client.ts'
import { PROTOCOLS } from '../clients/protocols.ts'
import { eachEdit } from '../clients/yjs-bytes.ts'
import { cpuUs } from '../machine.ts'
import { OwnShare, quantile } from './crowd.ts'
import type { Figures, OpeningJob } from './jobs.ts'
import { newAuthor, traceEdits } from './typists.ts'

/** In one update, as a client does that has been offline for a while. */
const EDITS_TOGETHER = 100
/** Within LIMITS.pushesPerSecond of one socket. */
const UPDATES_PER_SECOND = 50
/** For compactions and whatever else a server does behind. */
const SETTLE_MS = 5_000
const PATIENCE_MS = 30_000
const WARM_UP_OPENS = 30

/** A long document is written, and then opened: one after the other, and many at once. */
export async function opening(job: OpeningJob): Promise<Figures> {
  const { protocol, target, opens, atOnce } = job
  const [document = ''] = await PROTOCOLS[protocol].documents(target, 1)
  const tally = { updates: 0, carets: 0, refused: 0 }
  const seat = (): Seat => ({ target, document, author: newAuthor(), tally, heard: undefined })
  const open = (): Promise<Client> => PROTOCOLS[protocol].open(seat())
  await write(seat(), job)
  if (tally.refused > 0) throw new Error(`${tally.refused} updates of the long document were refused.`)
  await setTimeout(SETTLE_MS)

  // The first one of all may have to read it, and code that has not run yet is what the next ones would measure.
  for (let done = 0; done < WARM_UP_OPENS; done++) (await open()).close()
  const openedMs: number[] = []
  const [cpuBefore, share] = [cpuUs(target.pid), new OwnShare()]
  for (let done = 0; done < opens; done++) {
    const startedMs = performance.now()
    const client = await open()
    openedMs.push(performance.now() - startedMs)
    client.close()
  }
  const cpuMsPerOpen = (cpuUs(target.pid) - cpuBefore) / 1000 / opens
  const startedMs = performance.now()
  const clients = await Promise.all(Array.from({ length: atOnce }, open))
  const allOpenMs = performance.now() - startedMs
  for (const client of clients) client.close()
  return {
    p50: quantile(openedMs, 0.5),
    p99: quantile(openedMs, 0.99),
    cpuMsPerOpen,
    allOpenMs,
    generatorShare: share.value,
  }
}

async function write(seat: Seat, { protocol, edits: count }: OpeningJob): Promise<void> {
  const updates = traceEdits(seat.author, count, EDITS_TOGETHER)
  const writer = await PROTOCOLS[protocol].open(seat)
  const reader = await PROTOCOLS[protocol].open({ ...seat, author: newAuthor() })
  let edits = 0
  for (const update of updates) {
    edits += eachEdit(update, 0, () => undefined)
    writer.send(update)
    await setTimeout(1000 / UPDATES_PER_SECOND)
  }
  const deadline = performance.now() + PATIENCE_MS
  while (seat.tally.updates < edits && performance.now() < deadline) await setTimeout(10)
  if (seat.tally.updates < edits)
    throw new Error(`Of the long document ${edits - seat.tally.updates} edits did not arrive.`)
  writer.close()
  reader.close()
}
