/** Many clients in one process. Told by its parent where to go, and asked how everybody is. */
import { setTimeout as pause } from 'node:timers/promises'
import { createClient, type DocumentHandle } from '@tandem/client'
import {
  CROWD,
  type CrowdAnswer,
  type CrowdCounts,
  type CrowdOrder,
  type CrowdPlan,
  type CrowdState,
} from '../crowd.ts'
import { SCHEMA_VERSION } from '../writers.ts'

/** Below what a node lets in, so that gathering is no stampede. */
const GATHER_EVERY_MS = 15

let attempts = 0

/** Somebody who counts in a document and notes how long they were not live. */
class Member {
  readonly name: string
  readonly handle: DocumentHandle
  gapsMs: number[] = []
  count = 0
  acked = 0
  #isLive = false
  #lostAtMs: number | undefined

  constructor(place: number, { urls, token, documentIds }: CrowdPlan) {
    this.name = `m${place}`
    const client = createClient({
      url: urls[place % urls.length] ?? '',
      token,
      schemaVersion: SCHEMA_VERSION,
      storage: 'memory',
      WebSocket: socketFrom(`10.${place >> 16}.${(place >> 8) & 255}.${place & 255}`),
    })
    this.handle = client.document(documentIds[place % documentIds.length] ?? '')
    this.handle.subscribe(() => this.#look())
    this.handle.open()
  }

  get isLive(): boolean {
    return this.#isLive
  }

  get isSaved(): boolean {
    return this.acked === this.count
  }

  countOn(): void {
    this.count += 1
    this.handle.doc.getMap(CROWD).set(this.name, this.count)
  }

  #look(): void {
    const view = this.handle.getSnapshot()
    if (view.status !== 'open') return
    if (view.saving === 'saved') this.acked = this.count
    const isLive = view.connection === 'live'
    if (this.#isLive && !isLive) this.#lostAtMs = performance.now()
    if (isLive && this.#lostAtMs !== undefined) {
      this.gapsMs.push(performance.now() - this.#lostAtMs)
      this.#lostAtMs = undefined
    }
    this.#isLive = isLive
  }
}

/** Sockets as a proxy passes them on, of somebody with this address. Node's WebSocket takes headers; the DOM's types do not say so. */
function socketFrom(address: string): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL) {
      super(url, { headers: { 'x-forwarded-for': address } } as unknown as string[])
      attempts += 1
    }
  }
}

const members: Member[] = []
let counting: NodeJS.Timeout | undefined

async function gather(plan: CrowdPlan): Promise<void> {
  while (members.length < plan.clients) {
    members.push(new Member(members.length, plan))
    await pause(GATHER_EVERY_MS)
  }
  let turn = 0
  counting = setInterval(() => {
    const member = members[turn % members.length]
    turn += 1
    if (member?.handle.getSnapshot().status === 'open') member.countOn()
  }, plan.countEveryMs / plan.clients)
}

function state(): CrowdState {
  return {
    live: members.filter(({ isLive }) => isLive).length,
    saved: members.filter(({ isSaved }) => isSaved).length,
    gapsMs: members.flatMap(({ gapsMs }) => gapsMs),
    attempts,
  }
}

function counts(): CrowdCounts {
  const byDocument: Record<string, Record<string, number>> = {}
  for (const { handle, name, acked } of members) (byDocument[handle.documentId] ??= {})[name] = acked
  return byDocument
}

process.on('message', (order: CrowdOrder) => {
  switch (order.kind) {
    case 'gather':
      return void gather(order.plan)
    case 'rest':
      return clearInterval(counting)
    case 'forgetGaps':
      for (const member of members) member.gapsMs = []
      return undefined
    case 'state':
    case 'counts': {
      const answer = order.kind === 'state' ? state() : counts()
      return void process.send?.({ question: order.question, answer } satisfies CrowdAnswer)
    }
    default:
      return order satisfies never
  }
})
process.on('disconnect', () => process.exit(0))
