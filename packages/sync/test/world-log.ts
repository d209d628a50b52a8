import { SyncError } from '../src/errors.ts'
import { LIMITS } from '../src/limits.ts'
import type { Access, AppendOutcome, Compactor, UpdateLog } from '../src/ports.ts'
import type { WorldNode } from './world-node.ts'

const SLOW_CALL_MS = 3_000

/** The log and the table of roles as one node reaches them: calls are refused, slow, or lose their answer after they had their effect. */
export function reachedLog(node: WorldNode): UpdateLog & Access {
  const { world } = node
  const { random } = world
  // `world.log` is looked up at every call: a restore puts another log there.
  return {
    open: (id) => remote(node, () => world.log.open(id)),
    append: (id, expected, rows) =>
      remote(node, async () => {
        const outcome = await world.log.append(id, expected, rows)
        if (outcome.status === 'appended') await world.promises.appended(rows)
        return shortened(outcome)
      }),
    read: (id, from, maxBytes) =>
      remote(node, () => world.log.read(id, from, Math.min(maxBytes, 2 * LIMITS.chunkBytes))),
    heads: (ids) => remote(node, () => world.log.heads(ids)),
    findPush: (id, push) => remote(node, () => world.log.findPush(id, push)),
    lastPushId: (id, userId, replicaId) => remote(node, () => world.log.lastPushId(id, userId, replicaId)),
    rolesOf: (id, users) => remote(node, () => world.log.rolesOf(id, users)),
  }

  /** What an append missed may be cut short anywhere. */
  function shortened(outcome: AppendOutcome): AppendOutcome {
    if (outcome.status !== 'overtaken' || !random.chance(world.faults.shortAnswers)) return outcome
    return { ...outcome, missed: outcome.missed.slice(0, random.int(outcome.missed.length + 1)) }
  }
}

/** Compacts when a room asks for it, in the middle of everything. */
export function worldCompactor(node: WorldNode): Compactor {
  return {
    request: async () => {
      try {
        return await remote(node, async () => node.world.compact(node.world.random))
      } catch (error) {
        if (!(error instanceof SyncError)) throw error
        return undefined
      }
    },
  }
}

/** Calls of a killed process never come back; those it made may still reach the log. */
function remote<T>(node: WorldNode, run: () => Promise<T>): Promise<T> {
  const { schedule, random, faults } = node.world
  const { life, calls } = node
  const call = {}
  calls.add(call)
  node.world.point()
  return new Promise((resolve, reject) => {
    const alive = (): boolean => node.rooms !== undefined && node.life === life && calls.delete(call)
    const lost = (): 'request' | 'answer' | undefined =>
      random.chance(faults.logRefusal) ? 'request' : random.chance(faults.logAnswerLoss) ? 'answer' : undefined
    const failure = (): SyncError => new SyncError('log-unavailable', 'The log does not answer.')
    const start = (): void =>
      void schedule.call(run, { lost, failure }).then(
        (value) => alive() && resolve(value),
        (error: unknown) => alive() && reject(error instanceof Error ? error : new Error(String(error))),
      )
    if (random.chance(faults.slowCalls)) schedule.after(random.int(SLOW_CALL_MS), start)
    else start()
  })
}
