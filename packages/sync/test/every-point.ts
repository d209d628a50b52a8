import { agree, heal, seeEachOther } from './healing.ts'
import { Random } from './random.ts'
import type { Telling } from './telling.ts'
import type { WorldNode } from './world-node.ts'
import type { WorldReplica } from './world-replica.ts'
import type { World } from './world.ts'

/** Of those that kill no node, each story tells this many. */
const INTRUSIONS_EACH = 3

/** Ann writes on one node; Bob reads on another; Carl comes to the third while she does. */
interface Cast {
  readonly world: World
  readonly ann: WorldReplica
  readonly bob: WorldReplica
  readonly carl: WorldReplica
  /** The node that Ann writes on, and the one that Carl comes to. */
  readonly writing: WorldNode
  readonly joining: WorldNode
}

/** What comes in the middle of it, at one point after the other. */
type Intrusion = (cast: Cast) => void

const DEATHS: Readonly<Record<string, Intrusion>> = {
  'the node is killed with all that it had not sent': ({ writing }) => writing.kill({ unsent: 'lost' }),
  'the node is killed after it sent everything': ({ writing }) => writing.kill({ unsent: 'sent' }),
  'the joining node is killed': ({ joining }) => joining.kill({ unsent: 'lost' }),
}

const INTRUSIONS: Readonly<Record<string, Intrusion>> = {
  'the socket is cut': ({ ann, writing }) => {
    ann.disconnect()
    ann.connect(writing)
  },
  'the page is closed and opened elsewhere': ({ ann, joining }) => {
    ann.reload()
    ann.connect(joining)
  },
  'the log is compacted': ({ world }) => void world.compact(),
  'the one who writes may only read': ({ world, ann }) => world.setRole(ann.userId, 'viewer'),
  'the one who comes may not come': ({ world, carl }) => world.setRole(carl.userId, undefined),
  'the one who comes stops reading': ({ world, carl }) => {
    carl.link?.stall()
    world.schedule.after(1_000, () => carl.link?.resume())
  },
  'somebody writes with a newer schema': ({ world, bob }) => {
    world.schemaVersion += 1
    const { link } = bob
    bob.reload({ schemaVersion: world.schemaVersion })
    if (link?.node.rooms !== undefined) bob.connect(link.node)
    bob.typeWord()
  },
}

/** A document of a snapshot in several pieces and a tail; Ann and Bob are live. */
async function begin(story: Telling): Promise<Cast> {
  const world = story.begin({ nodes: 3 })
  const [ann, bob, carl] = [world.replica({ node: 0 }), world.replica({ node: 1 }), world.replica()]
  await world.rest()
  ann.type('A long text. '.repeat(60))
  await world.rest()
  world.compact()
  for (const replica of [bob, ann]) {
    replica.typeWord('end')
    await world.rest()
  }
  return { world, ann, bob, carl, writing: world.node(0), joining: world.node(2) }
}

/** Ann and Bob write while Carl comes. Throws when a promise is broken on the way. */
async function goOn({ world, ann, bob, carl, joining }: Cast): Promise<void> {
  carl.connect(joining)
  ann.moveCaret()
  for (let words = 0; words < 2; words += 1) {
    ann.typeWord('end')
    bob.typeWord('end')
    for (let steps = 0; steps < 12; steps += 1) await world.step()
  }
  await world.rest()
}

/**
 * The same story again and again, each time with something coming in between at the next point: before each task, and
 * inside each call that a node makes of its log or relay. Then everything heals, and everybody must agree.
 */
export async function tellOfEveryPoint(story: Telling): Promise<void> {
  const undisturbed = await begin(story)
  const first = undisturbed.world.points + 1
  await goOn(undisturbed)
  const last = undisturbed.world.points
  const others = Object.entries(INTRUSIONS)
  const start = new Random(story.seed).int(others.length)
  const some = [...others, ...others].slice(start, start + INTRUSIONS_EACH)
  for (const [name, intrude] of [...Object.entries(DEATHS), ...some]) {
    for (let point = first; point <= last; point += 1) {
      const cast = await begin(story)
      cast.world.inject(point, () => intrude(cast))
      story.actions.splice(0, Infinity, `${name} at point ${point} of ${first} to ${last}`)
      await goOn(cast)
      await heal(cast.world)
      await agree(cast.world)
      await seeEachOther(cast.world)
      story.happened.set('points', (story.happened.get('points') ?? 0) + 1)
    }
  }
}
