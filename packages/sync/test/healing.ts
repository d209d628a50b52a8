import * as Y from 'yjs'
import { isWithin } from './world-contents.ts'
import { NO_FAULTS, type World } from './world.ts'

/** After which silent nodes must be forgotten, in beats, with some to spare. */
const PRESENCE_BEATS = 9

/** Nothing fails any more, everybody is back and awake, on a page that is new enough. */
export async function heal(world: World): Promise<void> {
  world.faults = NO_FAULTS
  for (const replica of world.replicas) replica.wake()
  for (const node of world.nodes) node.start()
  // Sockets of killed nodes close first.
  await world.rest()
  for (const [index, replica] of world.replicas.entries()) {
    replica.link?.resume()
    const { schemaVersion } = world
    if (replica.schemaVersion < schemaVersion) replica.reload({ schemaVersion })
    if (!replica.isConnected) replica.connect(world.node(index % world.nodes.length))
  }
  await world.settle()
}

/** Everybody sees the log and knows the own role, nobody had to give up, and what was refused is kept. */
export async function agree(world: World): Promise<void> {
  const text = world.logText
  for (const browser of world.browsers) {
    const lost = browser.lostOf(world.promises.life.truth)
    if (lost !== undefined) throw new Error(`${lost}.`)
  }
  const users = world.replicas.map(({ userId }) => userId)
  const access = await world.log.rolesOf(world.documentId, users)
  for (const { name, userId, replica, browser, doc, text: own } of world.replicas) {
    const { error, unsentCount } = replica.view
    if (error?.code === 'not-allowed') {
      // Who wrote without being allowed to keeps it as a copy.
      const whole = Y.encodeStateAsUpdate(doc)
      if (unsentCount > 0 && !browser.copies.some((copy) => isWithin(whole, copy.whole)))
        throw new Error(`${name} was refused, and has no copy of it all.`)
    } else if (error !== undefined) throw new Error(`${name} gave up: ${error.code}: ${error.message}`)
    else if (replica.view.role !== access?.roles.get(userId))
      throw new Error(`${name} is shown as ${replica.view.role}, and is ${access?.roles.get(userId)}.`)
    else if (own !== text) throw new Error(`${name} has ${JSON.stringify(own)}, the log ${JSON.stringify(text)}`)
  }
}

/** [PRES-4] [PRES-6] Within the time after which silent nodes are forgotten, exactly those who are here are shown. */
export async function seeEachOther(world: World): Promise<void> {
  for (let beats = 0; world.people.inexact() !== undefined && beats < PRESENCE_BEATS; beats += 1) await world.beat()
  const inexact = world.people.inexact()
  if (inexact !== undefined) throw new Error(`${inexact}.`)
}
