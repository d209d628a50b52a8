import * as Y from 'yjs'
import { Random } from './random.ts'
import { NO_FAULTS, World, type Mutations } from './world.ts'

const NODES = 2
const REPLICAS = 4
const NEWCOMERS = 3
const ACTIONS = 120

export interface Story {
  readonly seed: number
  /** What was done, in order: the last lines say what led to a failure. */
  readonly actions: readonly string[]
  readonly world: World
}

/**
 * A day in a world where everything fails: two nodes, four people writing into one document, a relay that loses,
 * repeats and reorders, a log that refuses, nodes and pages that are killed at any step, compaction in between. Then
 * everything heals, and everybody must have what the log has. Throws with the seed and its story.
 */
export async function tellStory(seed: number, mutations: Mutations = {}): Promise<Story> {
  const world = new World({ seed, nodes: NODES, mutations })
  const actions: string[] = []
  try {
    for (let index = 0; index < REPLICAS; index += 1) world.replica({ node: index % NODES })
    await world.rest()
    world.faults = { relayLoss: 0.2, relayRepeat: 0.1, logRefusal: 0.05, logAnswerLoss: 0.05 }
    // Its own stream: what is done does not depend on the order in which things happen.
    const choice = new Random(seed ^ 0x5eed)
    for (let count = 0; count < ACTIONS; count += 1) {
      actions.push(await act(world, choice))
      for (let steps = choice.int(8); steps > 0; steps -= 1) await world.step()
    }
    actions.push('heal')
    await heal(world)
    await agree(world)
    actions.push('one last message is lost')
    await world.losing(0, 1, () => world.replicas[0]?.typeWord())
    await world.settle()
    await agree(world)
  } catch (error) {
    throw new Error(
      `Seed ${seed} after ${actions.length} actions (… ${actions.slice(-12).join(', ')}): ${String(error)}`,
      { cause: error },
    )
  }
  return { seed, actions, world }
}

async function act(world: World, choice: Random): Promise<string> {
  const who = choice.int(world.replicas.length)
  const where = choice.int(NODES)
  const replica = world.replicas[who]
  const node = world.node(where)
  const dice = choice.int(100)
  if (replica === undefined) return 'nothing'
  if (dice < 3 && world.replicas.length < REPLICAS + NEWCOMERS) {
    world.replica({ node: where })
    return `a newcomer at ${where}`
  }
  if (dice < 5) {
    const mayWrite = choice.chance(0.5)
    world.setMayWrite(replica.userId, mayWrite)
    return `r${who} may ${mayWrite ? 'write' : 'only read'}`
  }
  if (dice < 50) {
    replica.typeWord()
    return `r${who} types`
  }
  if (dice < 60) {
    replica.delete(choice.int(200), 1 + choice.int(5))
    return `r${who} deletes`
  }
  if (dice < 70) {
    await world.schedule.pass(choice.int(3_000))
    for (const other of world.nodes) {
      other.rooms?.presenceTick()
      void other.rooms?.heartbeat()
    }
    return 'time passes'
  }
  if (dice < 76) {
    replica.disconnect()
    return `r${who} disconnects`
  }
  if (dice < 86) {
    replica.connect(node)
    return `r${who} connects to ${where}`
  }
  if (dice < 90) {
    replica.reload()
    replica.connect(node)
    return `r${who} reloads onto ${where}`
  }
  if (dice < 93) {
    node.kill()
    return `node ${where} is killed`
  }
  if (dice < 97) {
    node.start()
    return `node ${where} starts`
  }
  if (dice < 98) {
    if (replica.link !== undefined) replica.link.stalled = true
    return `r${who} stops reading`
  }
  await world.compact(choice)
  return 'compaction'
}

async function heal(world: World): Promise<void> {
  world.faults = NO_FAULTS
  for (const node of world.nodes) node.start()
  // Sockets of killed nodes close first.
  await world.rest()
  for (const [index, replica] of world.replicas.entries()) {
    replica.link?.resume()
    if (!replica.isConnected) replica.connect(world.node(index % NODES))
  }
  await world.settle()
}

/** Everybody sees the log, nobody had to give up, and no word that was kept is lost or there twice. */
async function agree(world: World): Promise<void> {
  const text = await world.logText()
  for (const replica of world.replicas) {
    const { error } = replica.replica.view
    // Who wrote without being allowed to keeps it as a copy.
    if (error?.code === 'not-allowed') {
      if (replica.store.copies.length === 0) throw new Error(`${replica.name} was refused, and has no copy.`)
      continue
    }
    if (error !== undefined) throw new Error(`${replica.name} gave up: ${error.code}: ${error.message}`)
    if (replica.text !== text)
      throw new Error(`${replica.name} has ${JSON.stringify(replica.text)}, the log ${JSON.stringify(text)}`)
  }
}

/** A backup is restored behind everybody's back while they write: whoever had more than it keeps that as a copy, and opens it anew. */
export async function tellOfARestore(seed: number): Promise<void> {
  const world = new World({ seed, nodes: NODES })
  for (let index = 0; index < REPLICAS; index += 1) world.replica({ node: index % NODES })
  world.replicas[0]?.typeWord('end')
  await world.settle()
  const backup = world.backup()
  for (const replica of world.replicas) replica.typeWord('end')
  await world.settle()
  const lost = await world.logText()
  world.restore(backup)
  world.replicas[world.random.int(REPLICAS)]?.typeWord('end')
  for (const [index, replica] of world.replicas.entries()) {
    if (world.random.chance(0.5)) replica.connect(world.node(index % NODES))
  }
  for (let round = 0; round < 20; round += 1) await world.beat()
  const text = await world.logText()
  for (const { name, replica, store, text: own } of world.replicas) {
    if (replica.view.error?.code !== 'other-epoch')
      throw new Error(`Seed ${seed}: ${name} did not notice (${replica.view.phase}).`)
    const kept = store.copies.at(-1)
    if (kept === undefined) throw new Error(`Seed ${seed}: ${name} keeps no copy of ${JSON.stringify(own)}.`)
    const copy = new Y.Doc()
    Y.applyUpdate(copy, kept.whole)
    const words = lost.match(/<[^<>]*>/g) ?? []
    const copied = copy.getText('body').toString()
    if (words.some((word) => !copied.includes(word)))
      throw new Error(`Seed ${seed}: ${name} lost ${lost}, kept ${copied}.`)
    if (text.includes(`<${name}1>`) && name !== 'r0') throw new Error(`Seed ${seed}: ${name} was merged blindly.`)
  }
}
