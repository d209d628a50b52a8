import type { DocumentId, Relay, UpdateLog } from '@tandem/sync'
import type { RoomGround } from '../src/node.ts'

/** The places between two steps of a push at which a node's own ports can stop it (RELIABILITY.md R8). */
const FAILPOINTS = ['after_validate', 'after_commit_before_ack', 'after_ack_before_publish'] as const
type Failpoint = (typeof FAILPOINTS)[number]

/** For the acks to leave the process. */
const ACKS_LEAVE_MS = 50

export function isFailpoint(name: string): name is Failpoint {
  return (FAILPOINTS as readonly string[]).includes(name)
}

/** `die` is called at the first push that gets to that place after `onSignal`, and nothing of it goes further. */
export function dyingAt(
  point: Failpoint,
  ground: RoomGround,
  die: () => void,
): { ground: RoomGround; onSignal(): void } {
  let isArmed = false
  const here = async (place: Failpoint): Promise<void> => {
    if (!isArmed || place !== point) return
    die()
    await new Promise(() => undefined)
  }
  const log: UpdateLog = {
    ...bound(ground.log),
    async append(...append) {
      await here('after_validate')
      const outcome = await ground.log.append(...append)
      if (outcome.status === 'appended') await here('after_commit_before_ack')
      return outcome
    },
  }
  const publish: Relay['publish'] = (topic, message) => {
    if (!isArmed || point !== 'after_ack_before_publish') return ground.relay.publish(topic, message)
    if (message.type === 'changes') setTimeout(die, ACKS_LEAVE_MS)
  }
  return { ground: { ...ground, log, relay: publishingBy(publish, ground.relay) }, onSignal: () => (isArmed = true) }
}

/** Compacts what was written last at every signal, whatever its rooms think of that. */
export function compactingOnDemand(ground: RoomGround): { ground: RoomGround; onSignal(): void } {
  let last: DocumentId | undefined
  const log: UpdateLog = {
    ...bound(ground.log),
    append(documentId, ...append) {
      last = documentId
      return ground.log.append(documentId, ...append)
    },
  }
  const onSignal = (): void => {
    if (last !== undefined) void ground.compactor.request(last)
  }
  return { ground: { ...ground, log }, onSignal }
}

function bound(log: UpdateLog): UpdateLog {
  return {
    open: (documentId) => log.open(documentId),
    append: (...append) => log.append(...append),
    read: (...read) => log.read(...read),
    heads: (documentIds) => log.heads(documentIds),
    findPush: (...push) => log.findPush(...push),
    lastPushId: (...replica) => log.lastPushId(...replica),
  }
}

function publishingBy(publish: Relay['publish'], relay: Relay): Relay {
  return {
    publish,
    subscribe: (topic, listener) => relay.subscribe(topic, listener),
    onSuspicion: (listener) => relay.onSuspicion(listener),
    get state() {
      return relay.state
    },
  }
}
