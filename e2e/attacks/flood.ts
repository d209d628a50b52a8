import { randomBytes } from 'node:crypto'
import * as Y from 'yjs'
import { SCHEMA_VERSION, type Guest, type Place } from './target.ts'
import { must } from './attack.ts'
import { Caller } from './caller.ts'

const TICK_MS = 50

/** What is sent again and again: resolves with how it was refused, if it was; undefined when it cannot be sent just now. */
export type Abuse = (caller: Caller) => Promise<string | undefined> | undefined

/** One socket that calls as often as it is told to, whatever is answered and whether or not. */
export class Flooder {
  readonly caller: Caller
  /** Answers that say anything else than "too many". */
  admitted = 0
  offered = 0
  readonly #abuse: Abuse

  private constructor(caller: Caller, abuse: Abuse) {
    this.caller = caller
    this.#abuse = abuse
  }

  static async at(place: Place, guest: Guest, abuse: Abuse): Promise<Flooder> {
    const caller = await Caller.open(place, guest)
    must(caller.isOpen, 'a socket of the flood was refused, so this is no flood of calls')
    return new Flooder(caller, abuse)
  }

  strike(): void {
    const answered = this.caller.isOpen ? this.#abuse(this.caller) : undefined
    if (answered === undefined) return
    this.offered += 1
    void answered.then(
      (refused) => {
        if (refused !== 'overloaded' && refused !== 'socket-closed') this.admitted += 1
      },
      () => undefined, // not answered in time: not admitted
    )
  }
}

/** A mutation that is let through and then refused for its input: it costs the database nothing. */
export const renames: Abuse = async (caller) => {
  const { refused } = await caller.ask('mutation', 'me.rename', { name: 'x'.repeat(1_000) })
  return refused
}

/** Pushes that come as far as the document, and no further. */
export function brokenPushes(to: { documentId: string; epoch: string }): Abuse {
  let pushId = 0
  return async (caller) => {
    const update = Uint8Array.of(255)
    const input = { ...to, replicaId: caller.replicaId, pushId: (pushId += 1), update, schemaVersion: SCHEMA_VERSION }
    const { refused } = await caller.ask('mutation', 'document.push', input)
    return refused
  }
}

/** One replica of a flood: one push at a time, repeated until it is in the log. */
interface Hand {
  readonly replicaId: string
  readonly text: Y.Text
  pushId: number
  update: Uint8Array
}

const MOST_HANDS = 16

/** Pushes that are in the log in the end; of one socket, up to 16 at a time, each of a replica of its own. */
export function pushes(to: { documentId: string; epoch: string }): Abuse {
  const idle = Array.from({ length: MOST_HANDS }, newHand)
  return (caller) => {
    const hand = idle.pop()
    if (hand === undefined) return undefined
    const { replicaId, pushId, update } = hand
    const input = { ...to, replicaId, pushId, update, schemaVersion: SCHEMA_VERSION }
    return caller.ask('mutation', 'document.push', input).then(({ refused }) => {
      if (refused === undefined) write(hand)
      idle.push(hand)
      return refused
    })
  }
}

function newHand(): Hand {
  const doc = new Y.Doc()
  const hand: Hand = {
    replicaId: randomBytes(9).toString('base64url'),
    text: doc.getText('flood'),
    pushId: 0,
    update: new Uint8Array(),
  }
  doc.on('update', (update: Uint8Array) => (hand.update = update))
  write(hand)
  return hand
}

function write(hand: Hand): void {
  hand.pushId += 1
  hand.text.insert(hand.text.length, 'x')
}

export interface Flooded {
  readonly admitted: number
  readonly offered: number
  readonly seconds: number
}

/** All of them at once, each `perSecond` times a second. Resolves when what was sent has been answered, or will not be. */
export async function flood(flooders: readonly Flooder[], perSecond: number, durationMs: number): Promise<Flooded> {
  const before = sumOf(flooders)
  const startedMs = performance.now()
  let sent = 0
  while (performance.now() - startedMs < durationMs) {
    const due = Math.min(((performance.now() - startedMs) * perSecond) / 1000, sent + perSecond)
    for (; sent < due; sent += 1) for (const flooder of flooders) flooder.strike()
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  const seconds = (performance.now() - startedMs) / 1000
  await Promise.all(flooders.map(({ caller }) => caller.ask('query', 'me.get').catch(() => undefined)))
  must(
    flooders.every(({ caller }) => caller.isOpen),
    'a socket of the flood was closed, so this was no flood of calls',
  )
  const after = sumOf(flooders)
  return { admitted: after.admitted - before.admitted, offered: after.offered - before.offered, seconds }
}

function sumOf(flooders: readonly Flooder[]): { admitted: number; offered: number } {
  const sum = { admitted: 0, offered: 0 }
  for (const { admitted, offered } of flooders) {
    sum.admitted += admitted
    sum.offered += offered
  }
  return sum
}

/** By how much more was let through than the rate allows, in percent; below 0 when less was. */
export function overPercent({ admitted, offered, seconds }: Flooded, perSecond: number): number {
  must(
    offered > 1.3 * perSecond * seconds,
    `only ${offered} were sent in ${seconds} s: no flood for a limit of ${perSecond}/s`,
  )
  return (admitted / (perSecond * seconds) - 1) * 100
}
