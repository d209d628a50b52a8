import type { Random } from './random.ts'
import type { WorldNode } from './world-node.ts'
import type { WorldReplica } from './world-replica.ts'
import type { World } from './world.ts'

/** Something that may happen on a day, as often as its weight says. It says what it did. */
export interface Action {
  readonly weight: number
  run(world: World, choice: Random): Promise<string> | string
}

const MOST_REPLICAS = 7
const LEAST_REPLICAS = 4
const PASTED_WORDS = 40
const PASTED_LETTERS = 3_000

/** Somebody does something, possibly to a node. */
function by(weight: number, run: (who: WorldReplica, node: WorldNode, choice: Random) => string): Action {
  return {
    weight,
    run: (world, choice) => {
      const who = choice.pick(world.replicas)
      return `${who.name} ${run(who, choice.pick(world.nodes), choice)}`
    },
  }
}

function to(weight: number, run: (node: WorldNode, world: World, choice: Random) => string): Action {
  return { weight, run: (world, choice) => run(choice.pick(world.nodes), world, choice) }
}

async function timePasses(world: World, durationMs: number): Promise<string> {
  await world.pass(durationMs)
  return `${durationMs} ms pass`
}

/** Any day draws from these. */
export const ACTIONS: readonly Action[] = [
  by(38, (who) => {
    who.typeWord()
    return 'types'
  }),
  by(4, (who) => {
    for (let words = PASTED_WORDS; words > 0; words -= 1) who.typeWord()
    return 'pastes'
  }),
  by(3, (who) => {
    who.paste(PASTED_LETTERS)
    return 'pastes more than an update may hold'
  }),
  by(9, (who, _, choice) => {
    who.delete(choice.int(200), 1 + choice.int(5))
    return 'deletes'
  }),
  by(10, (who) => {
    who.moveCaret()
    return 'moves the caret'
  }),
  by(1, (who, _, choice) => {
    who.forgePresenceOf(choice.pick(who.world.replicas))
    return "moves another's caret"
  }),
  { weight: 11, run: (world, choice) => timePasses(world, choice.int(3_000)) },
  { weight: 1, run: (world) => timePasses(world, 13_000) },
  by(6, (who) => {
    who.disconnect()
    return 'disconnects'
  }),
  by(9, (who, node) => {
    who.connect(node)
    return `connects to ${node.id}`
  }),
  by(4, (who, node) => {
    who.reload()
    who.connect(node)
    return `reloads onto ${node.id}`
  }),
  by(1, (who, node) => {
    const { world } = who
    world.schemaVersion += 1
    who.reload({ schemaVersion: world.schemaVersion })
    who.connect(node)
    return `reloads onto ${node.id} with schema ${world.schemaVersion}`
  }),
  by(3, (who) => {
    who.link?.stall()
    return 'stops reading'
  }),
  by(3, (who) => {
    who.link?.resume()
    return 'reads again'
  }),
  by(3, (who, _, choice) => {
    const role = choice.pick(['editor', 'editor', 'viewer', 'commenter', 'nobody'] as const)
    who.world.setRole(who.userId, role === 'nobody' ? undefined : role)
    return `is ${role} now`
  }),
  by(3, (who, node) => {
    const { world } = who
    if (world.replicas.length >= MOST_REPLICAS) return 'opens no other tab'
    world.replica({ besides: who }).connect(node)
    return `opens another tab onto ${node.id}`
  }),
  by(3, (who) => {
    const { world } = who
    if (world.replicas.length < LEAST_REPLICAS) return 'closes no tab'
    world.close(who)
    return 'closes the tab'
  }),
  to(3, (node) => {
    node.kill()
    return `${node.id} is killed`
  }),
  to(5, (node) => {
    node.start()
    return `${node.id} starts`
  }),
  to(3, (_, world, choice) => {
    world.compact(choice)
    return 'compaction'
  }),
  to(3, (node, world) => {
    if (world.replicas.length >= MOST_REPLICAS) return 'nobody comes'
    world.replica().connect(node)
    return `a newcomer at ${node.id}`
  }),
]

/** Days on which browsers put pages to sleep draw from these, too. Whatever somebody does with a page wakes it. */
export const SLEEP: readonly Action[] = [
  by(14, (who) => {
    who.sleep()
    return 'falls asleep'
  }),
  by(4, (who) => {
    who.wake()
    return 'wakes'
  }),
]
