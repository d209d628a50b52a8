import * as Y from 'yjs'
import type { Epoch } from '../src/protocol.ts'
import { agree, heal } from './healing.ts'
import type { Telling } from './telling.ts'
import type { WorldReplica } from './world-replica.ts'
import type { World } from './world.ts'

const REPLICAS = 4

/**
 * A backup is restored behind everybody's back while they write, under its own epoch or another, and somebody new may
 * write on before the others are back. Whoever had more than it keeps that as a copy, and opens it anew.
 */
export async function tellOfARestore(story: Telling): Promise<void> {
  const world = story.begin({ nodes: 2 + (story.seed % 3) })
  const { random } = world
  for (let index = 0; index < REPLICAS; index += 1) world.replica({ node: index % world.nodes.length })
  // Has read what will be lost, and written nothing that others wait for.
  const reader = world.replica({ node: 0, name: 'reader' })
  const [first, ...others] = world.replicas.filter((replica) => replica !== reader)
  first?.typeWord('end')
  await world.settle()
  const backup = world.backup()
  for (const replica of [first, ...others]) replica?.typeWord('end')
  await world.settle()
  const lost = world.logText
  for (const replica of others) if (random.chance(0.3)) replica.disconnect()
  const epoch = random.chance(0.5) ? ('epoch-number-2' as Epoch) : undefined
  story.actions.push(`the log is restored${epoch === undefined ? '' : ' as another epoch'}`)
  world.restore(backup, epoch)
  // At the start it leans on nothing that is lost.
  if (random.chance(0.5)) reader.typeWord('start')
  else random.pick(world.replicas).typeWord('end')
  if (random.chance(0.7)) {
    story.actions.push('a newcomer writes on')
    await newcomerWrites(world)
  }
  for (const [index, replica] of world.replicas.entries()) {
    if (!replica.isConnected || random.chance(0.5)) replica.connect(world.node(index % world.nodes.length))
  }
  for (let round = 0; round < 20; round += 1) await world.beat()
  for (const replica of [...others, reader]) noticed(replica, lost)
  for (const replica of world.replicas) if (replica.replica.view.phase === 'ended') replica.reload()
  story.actions.push('everybody opens it anew')
  await heal(world)
  await agree(world)
}

/** [EPOCH-3] The backup has every update, but not the newest change of roles: that is undone everywhere, and nobody is stuck. */
export async function tellOfOlderRoles(story: Telling): Promise<void> {
  const world = story.begin({ nodes: 2 + (story.seed % 3) })
  for (let index = 0; index < REPLICAS; index += 1) world.replica({ node: index % world.nodes.length })
  for (const replica of world.replicas) replica.typeWord()
  await world.settle()
  const [demoted, ...others] = world.replicas
  const backup = world.backup()
  world.replica({ node: 0, name: 'stranger' })
  if (demoted !== undefined) world.setRole(demoted.userId, 'viewer')
  await world.settle()
  world.restore(backup)
  for (const replica of others) if (world.random.chance(0.5)) replica.typeWord()
  await world.beat()
  world.replica({ node: world.nodes.length - 1, name: 'newcomer' })
  demoted?.typeWord()
  await world.settle()
  await agree(world)
}

/** The log grows past what the others have read of the earlier life. */
async function newcomerWrites(world: World): Promise<void> {
  await world.beat()
  const newcomer = world.replica({ node: 0, name: 'newcomer' })
  for (let words = world.random.int(12); words > 0; words -= 1) {
    newcomer.typeWord('end')
    await world.rest()
  }
}

/** [EPOCH-2] It ended, and kept all that it had. */
function noticed({ name, replica, browser, text }: WorldReplica, lost: string): void {
  if (replica.view.error?.code !== 'other-epoch') throw new Error(`${name} did not notice (${replica.view.phase}).`)
  const kept = browser.copies.at(-1)
  if (kept === undefined) throw new Error(`${name} keeps no copy of ${JSON.stringify(text)}.`)
  const copy = new Y.Doc()
  Y.applyUpdate(copy, kept.whole)
  const copied = copy.getText('body').toString()
  const words = lost.match(/<[^<>]*>/g) ?? []
  if (words.some((word) => !copied.includes(word))) throw new Error(`${name} lost ${lost}, kept ${copied}.`)
}
