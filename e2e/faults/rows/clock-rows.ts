import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import { newDocument } from '../kept-work.ts'
import { Partings } from '../partings.ts'
import { sql } from '../psql.ts'
import type { Row } from '../row.ts'
import { ShiftedClock, shiftOwnClock } from '../shifted-clock.ts'
import type { Stage } from '../stage.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import { SCHEMA_VERSION } from '../writers.ts'

const HOUR_MS = 3_600_000

export const F28: Row = {
  id: 'F28',
  injection:
    'node A’s clock is an hour fast, B’s an hour slow; with everybody writing, A’s goes back by two hours and B’s forward, then the browsers’ forward by an hour, then back by two',
  promised: 'order by seq, not by time; what waits and what expires goes by a clock that never jumps',
  passes:
    'seqs dense; nobody loses a socket or is taken for gone; carets cross <= 1 s; a connection that died after the jump is noticed <= 15 s',
  async run(stage, partMs) {
    const own = shiftOwnClock()
    const [nodeA, nodeB] = [stage.cluster.node(0), stage.cluster.node(1)]
    const a = await ShiftedClock.of(nodeA, stage.cluster.folder, HOUR_MS)
    const b = await ShiftedClock.of(nodeB, stage.cluster.folder, -HOUR_MS)
    stage.write()
    const pair = await Pair.of(stage)
    try {
      const partings = new Partings()
      await stage.until('everybody is live again', () => stage.writers.every(({ isLive }) => isLive))
      for (const each of [...pair.handles, ...stage.writers]) partings.watch(each)
      await stage.wait(partMs / 2)
      const jumps = [await a.jumpTo(-HOUR_MS), await b.jumpTo(HOUR_MS)]
      await stage.wait(Math.max(partMs, 6_000)) // heartbeats look for who is gone
      own.to(HOUR_MS)
      await stage.wait(partMs / 2)
      const caretForwardMs = await pair.caretCrosses(stage)
      own.to(-HOUR_MS)
      const caretBackMs = await pair.caretCrosses(stage)
      const [partingsByClock, wronglyGone] = [partings.count, pair.wronglyGone]
      const noticedMs = await pair.deadLineNoticed(stage)
      own.end()
      await stage.settled()
      return {
        jumpsOfNodesMinutes: jumps
          .map((ms) => Math.abs(Math.round(ms / 60_000)))
          .reduce((sum, minutes) => sum + minutes),
        holes: await holesIn(stage),
        partings: partingsByClock,
        wronglyGone,
        caretMs: Math.max(caretForwardMs, caretBackMs),
        deadLineNoticedMs: noticedMs,
      }
    } finally {
      own.end()
      await pair.close()
    }
  },
  met: ({
    jumpsOfNodesMinutes = 0,
    holes = 1,
    partings = 1,
    wronglyGone = 1,
    caretMs = Infinity,
    deadLineNoticedMs = Infinity,
  }) =>
    jumpsOfNodesMinutes === 240 &&
    holes + partings + wronglyGone === 0 &&
    caretMs <= 1_000 &&
    deadLineNoticedMs <= 15_000,
}

/** Seqs that are missing. */
async function holesIn(stage: Stage): Promise<number> {
  return Number(await sql(stage, `select max(seq) - count(*) from log_row where document_id = '${stage.documentId}'`))
}

/** Two people who do nothing but be there, one on each node; the first behind a line that can be cut. */
class Pair {
  readonly handles: readonly [DocumentHandle, DocumentHandle]
  readonly #clients: readonly TandemClient[]
  readonly #line: TcpProxy
  #wronglyGone = 0

  private constructor(
    clients: readonly TandemClient[],
    handles: readonly [DocumentHandle, DocumentHandle],
    line: TcpProxy,
  ) {
    this.#clients = clients
    this.handles = handles
    this.#line = line
    for (const handle of handles) {
      handle.subscribePeople(() => {
        if (handle.getPeople().length < 2) this.#wronglyGone += 1
      })
    }
  }

  static async of(stage: Stage): Promise<Pair> {
    const documentId = await newDocument(stage, 'Still')
    const token = await stage.cluster.token('still')
    const line = await TcpProxy.before(stage.cluster.node(0).port)
    const clients = [line.port, stage.cluster.node(1).port].map((port) =>
      createClient({ url: `http://127.0.0.1:${port}`, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' }),
    )
    const [one, other] = clients.map((client) => client.document(documentId))
    if (one === undefined || other === undefined) throw new RangeError('Two were made.')
    await Promise.all([one.whenOpen(), other.whenOpen()])
    await stage.until('they see each other', () => [one, other].every((handle) => handle.getPeople().length === 2))
    return new Pair(clients, [one, other], line)
  }

  /** How often somebody who is here was not shown. */
  get wronglyGone(): number {
    return this.#wronglyGone
  }

  /** Two carets of the one, until the other has the second. ms */
  async caretCrosses(stage: Stage): Promise<number> {
    const [one, other] = this.handles
    const assoc = (): unknown =>
      [...other.presence.getStates().values()].map(({ cursor }) => JSON.stringify(cursor)).join('')
    one.presence.setLocalStateField('cursor', caretIn('somewhere'))
    await stage.wait(100)
    const before = assoc()
    one.presence.setLocalStateField('cursor', caretIn(`at ${performance.now()}`))
    return stage.until('the caret is there', () => assoc() !== before)
  }

  /** From the moment in which its line swallows everything to the moment in which it shows. ms */
  async deadLineNoticed(stage: Stage): Promise<number> {
    const [one] = this.handles
    this.#line.mode = { kind: 'blackhole' }
    const isLive = (): boolean => {
      const view = one.getSnapshot()
      return view.status === 'open' && view.connection === 'live'
    }
    return stage.until('the dead line is noticed', () => !isLive(), 40_000).catch(() => 40_000)
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
    await this.#line.close()
  }
}

function caretIn(tname: string): unknown {
  const place = { type: null, tname, item: null, assoc: 0 }
  return { anchor: place, head: place }
}
