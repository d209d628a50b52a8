import { ACTIONS, SLEEP, type Action } from './actions.ts'
import { agree, heal, seeEachOther } from './healing.ts'
import { Random } from './random.ts'
import type { Telling } from './telling.ts'
import type { World } from './world.ts'

const REPLICAS = 4
const ACTS = 120
/** After which nobody waits for another tab any more, with some to spare. */
const PATIENCE_BEATS = 6

/**
 * A day in a world where everything fails: some nodes, people writing into one document, a relay that loses, repeats,
 * delays and reorders, a log that refuses and is slow, nodes and pages that are killed at any step, readers that stop
 * reading, compaction in between. Then everything heals, and everybody must have what the log has.
 */
export async function tellOfADay(story: Telling, happening = ACTIONS): Promise<World> {
  const world = story.begin({ nodes: 2 + (story.seed % 3) })
  const { seed, actions } = story
  for (let index = 0; index < REPLICAS; index += 1) world.replica({ node: index % world.nodes.length })
  await world.rest()
  world.faults = {
    relayLoss: 0.2,
    relayRepeat: 0.1,
    relayDelay: 0.1,
    relayHeadOnly: 0.1,
    logRefusal: 0.04,
    logAnswerLoss: 0.04,
    slowCalls: 0.05,
    shortAnswers: 0.5,
    tabLoss: 0.1,
  }
  // Its own stream: what is done does not depend on the order in which things happen.
  const choice = new Random(seed ^ 0x5eed)
  const dice = happening.flatMap((action) => Array.from<Action>({ length: action.weight }).fill(action))
  for (let count = 0; count < ACTS; count += 1) {
    actions.push(await choice.pick(dice).run(world, choice))
    await world.schedule.comeToRest()
    for (let steps = choice.int(8); steps > 0; steps -= 1) await world.step()
  }
  actions.push('heal')
  await heal(world)
  await agree(world)
  actions.push('a message is lost, and then another comes')
  const writer = world.replicas.find(({ replica }) => replica.view.role === 'editor' && replica.view.phase === 'live')
  await world.losing(writer?.link?.node, () => writer?.typeWord())
  writer?.typeWord()
  await world.rest()
  for (const node of world.nodes) node.presenceTick() // [ROOM-15] for those who watch; it is no heartbeat
  await world.rest()
  await agree(world)
  actions.push('one last message is lost')
  await world.losing(writer?.link?.node, () => writer?.typeWord())
  await world.settle()
  await agree(world)
  actions.push('roles change')
  const open = world.replicas.filter(({ replica }) => replica.view.phase === 'live')
  open.slice(0, 2).forEach(({ userId }, index) => world.setRole(userId, index === 0 ? undefined : 'viewer'))
  await world.settle()
  await agree(world)
  actions.push('everybody is seen')
  await seeEachOther(world)
  return world
}

/** Such a day on which browsers put pages to sleep: they hold their locks, hear nobody and say nothing. Nobody waits for them. */
export async function tellOfASleepyDay(story: Telling): Promise<void> {
  const world = await tellOfADay(story, [...ACTIONS, ...SLEEP])
  const sleeper = world.replicas.find(({ replica }) => replica.view.role === 'editor' && replica.view.phase === 'live')
  if (sleeper === undefined) return
  story.actions.push(`${sleeper.name} falls asleep, and has typed in another tab`)
  const other = world.replica({ besides: sleeper, node: 0 })
  await world.settle()
  other.disconnect()
  sleeper.sleep()
  other.typeWord()
  await world.rest()
  other.reload()
  await world.rest()
  other.connect(world.node(0))
  for (let beats = 0; beats < PATIENCE_BEATS; beats += 1) await world.beat()
  if (other.saving !== 'saved') throw new Error(`${other.name} waits for a page that sleeps.`)
  await heal(world)
  await agree(world)
}
