import * as Y from 'yjs'
import { expect, test } from 'vitest'
import { World, NO_FAULTS } from '../test/world.ts'
import { isWithin } from '../test/world-contents.ts'
import type { WorldReplica } from '../test/world-replica.ts'

/** Ann's two tabs and Bob's one, all live; the first of hers leads. */
async function twoTabs(
  seed = 1,
): Promise<{ world: World; first: WorldReplica; second: WorldReplica; bob: WorldReplica }> {
  const world = new World({ seed, nodes: 1 })
  const first = world.replica({ node: 0, name: 'ann' })
  await world.settle()
  const second = world.replica({ node: 0, name: 'ann-too', besides: first })
  const bob = world.replica({ node: 0, name: 'bob' })
  await world.settle()
  return { world, first, second, bob }
}

const rowsBy = (world: World): string[] => [...new Set(world.promises.life.rows.map(({ replicaId }) => replicaId))]

test('[TAB-2] two tabs without any server show each other’s text; others see it once it is in the log', async () => {
  const { world, first, second, bob } = await twoTabs()
  first.disconnect()
  second.disconnect()
  first.type('one ', 0)
  await world.rest()
  second.type('two', 4)
  await world.rest()
  expect([first.text, second.text, bob.text]).toEqual(['one two', 'one two', ''])
  expect([first.saving, second.saving]).toEqual(['unsaved', 'unsaved'])
  first.connect(world.node(0))
  second.connect(world.node(0))
  await world.settle()
  expect(bob.text).toBe('one two')
})

test('[TAB-2] no two tabs have an id in common, whatever is typed and reloaded', async () => {
  const { world, first, second } = await twoTabs()
  second.reload()
  second.connect(world.node(0))
  const third = world.replica({ node: 0, name: 'ann-three', besides: second })
  await world.settle()
  const tabs = [first, second, third]
  expect(new Set(tabs.map(({ doc }) => doc.clientID)).size).toBe(3)
  expect(new Set(tabs.map(({ replica }) => replica.replicaId)).size).toBe(3)
  expect(new Set(tabs.map(({ replica }) => replica.sessionId)).size).toBe(3)
  expect(first.replica.people.size).toBe(4) // three carets of one person, and Bob's
})

test('[TAB-3] one tab sends for both, and both are saved by its ack', async () => {
  const { world, first, second } = await twoTabs()
  for (const tab of [first, second, first, second]) {
    tab.typeWord('end')
    await world.rest()
  }
  expect([first.saving, second.saving]).toEqual(['saved', 'saved'])
  expect(rowsBy(world)).toEqual([first.replica.replicaId])
})

test('[TAB-3] a tab sends by itself when the one that leads gets nothing acked', async () => {
  const { world, first, second, bob } = await twoTabs()
  first.disconnect() // it leads, and has no way
  second.typeWord('end')
  await world.rest()
  expect(second.saving).toBe('saving')
  for (let beats = 0; beats < 5; beats += 1) await world.beat()
  expect([second.saving, bob.text]).toEqual(['saved', second.text])
  expect(first.saving).toBe('saved') // told by the other tab
  first.connect(world.node(0))
  await world.settle()
  expect(world.promises.life.rows).toHaveLength(1)
})

test('[TAB-3] out of patience it goes on sending, until another tab gets something acked', async () => {
  const { world, first, second, bob } = await twoTabs()
  first.sleep() // it leads
  second.typeWord('end')
  for (let beats = 0; beats < 4; beats += 1) await world.beat()
  expect(second.saving).toBe('saved')
  for (let word = 0; word < 3; word += 1) {
    second.typeWord('end')
    await world.rest()
    expect([second.saving, bob.text]).toEqual(['saved', second.text])
    await world.beat()
  }
  first.wake()
  await world.settle()
  expect(rowsBy(world)).toEqual([second.replica.replicaId])
  // Both send by now; as soon as the one that leads gets an ack first, it sends for both again.
  const last = (): unknown => world.promises.life.rows.at(-1)?.replicaId
  for (let words = 0; words < 20 && last() !== first.replica.replicaId; words += 1) {
    second.typeWord('end')
    await world.rest()
  }
  const { length } = world.promises.life.rows
  for (let words = 0; words < 5; words += 1) {
    second.typeWord('end')
    await world.rest()
  }
  expect(new Set(world.promises.life.rows.slice(length).map(({ replicaId }) => replicaId))).toEqual(
    new Set([first.replica.replicaId]),
  )
})

test('[TAB-3] of several that are out of patience one goes on sending, and the others wait for it', async () => {
  const { world, first, second } = await twoTabs()
  const third = world.replica({ node: 0, name: 'ann-three', besides: first })
  await world.settle()
  first.sleep() // it leads
  const [low] = [second, third].map(({ replica }) => String(replica.replicaId)).toSorted((a, b) => (a < b ? -1 : 1))
  const { length } = world.promises.life.rows
  for (let word = 0; word < 8; word += 1) {
    for (const tab of [second, third]) tab.typeWord('end')
    await world.beat()
    await world.beat()
  }
  expect([second.saving, third.saving]).toEqual(['saved', 'saved'])
  const rows = world.promises.life.rows.slice(length).map(({ replicaId }) => replicaId)
  expect(new Set(rows.slice(rows.length / 2))).toEqual(new Set([low]))
})

test('[TAB-3] what a page finds kept when it is loaded it sends by itself, too, though whoever leads says nothing', async () => {
  const { world, first, second, bob } = await twoTabs()
  world.faults = { ...NO_FAULTS, tabLoss: 1 }
  first.disconnect() // it leads: a page that its browser has put to sleep
  second.disconnect()
  second.typeWord('end')
  await world.rest()
  second.reload()
  second.connect(world.node(0))
  for (let beats = 0; beats < 5; beats += 1) await world.beat()
  expect([second.saving, bob.text]).toEqual(['saved', '<ann-too.1>'])
})

test('[TAB-1] what one tab typed on top of another’s unsent text is taken by the node, whichever of them sends', async () => {
  for (const gone of [0, 1]) {
    const { world, first, second, bob } = await twoTabs()
    first.disconnect()
    second.disconnect()
    for (let word = 0; word < 6; word += 1) {
      const tab = word % 2 === 0 ? first : second
      tab.type(`${word}`, Infinity)
      await world.rest()
    }
    const [closing, staying] = gone === 0 ? [first, second] : [second, first]
    world.close(closing)
    staying.connect(world.node(0))
    await world.settle()
    expect(bob.text).toBe('012345')
  }
})

test('[TAB-4] what a tab had kept when it crashed, and nobody had heard, is sent by the next', async () => {
  const { world, first, second, bob } = await twoTabs()
  world.faults = { ...NO_FAULTS, tabLoss: 1 }
  first.disconnect()
  first.typeWord('end')
  await world.rest()
  expect(second.text).toBe('')
  world.close(first)
  await world.rest()
  await world.settle()
  expect(bob.text).toBe('<ann.1>')
  expect([...second.browser.unsent.values()]).toEqual([]) // and it is kept no more
})

test('[TAB-5] without a server, a message that was lost is made up for by the next beat, and a repeated one does nothing', async () => {
  const { world, first, second } = await twoTabs()
  first.disconnect()
  second.disconnect()
  world.faults = { ...NO_FAULTS, tabLoss: 1 }
  first.typeWord('end')
  first.typeWord('end')
  await world.rest()
  expect(second.text).toBe('')
  world.faults = NO_FAULTS
  await world.beat()
  await world.beat()
  expect(second.text).toBe('<ann.1><ann.2>')
  const third = world.replica({ name: 'ann-three', besides: first }) // what a newcomer missed, it asks for
  await world.rest()
  expect(third.text).toBe(first.text)
})

test('[TAB-5] a tab without a link that missed an ack hears of it at its next beat', async () => {
  const { world, first, second } = await twoTabs()
  for (const tab of [first, second]) tab.disconnect()
  second.typeWord('end')
  await world.rest()
  world.faults = { ...NO_FAULTS, tabLoss: 1 }
  first.connect(world.node(0))
  await world.rest()
  world.faults = NO_FAULTS
  expect([first.saving, second.saving]).toEqual(['saved', 'unsaved'])
  for (let beats = 0; beats < 2; beats += 1) await world.beat()
  expect(second.saving).toBe('saved')
})

test('[TAB-2] [TAB-3] an ack is told once, however many tabs there are', async () => {
  const { world, first } = await twoTabs()
  for (let tabs = 2; tabs < 6; tabs += 1) world.replica({ node: 0, besides: first })
  await world.settle()
  const before = world.happened.get('tab_messages') ?? 0
  first.typeWord('end')
  await world.rest()
  expect((world.happened.get('tab_messages') ?? 0) - before).toBe(2 * 5) // what was typed, and that it is saved
})

test('[TAB-6] a page that hears a newer one write takes nothing of it, is read-only, and leads no more', async () => {
  const { world, first, second, bob } = await twoTabs()
  world.schemaVersion = 2
  second.reload({ schemaVersion: 2 })
  second.type('new kinds of blocks', 0)
  await world.rest()
  expect(first.text).toBe('')
  expect(first.replica.view).toMatchObject({ isTooOld: true, readOnly: true })
  bob.reload({ schemaVersion: 2 })
  for (const tab of [second, bob]) tab.connect(world.node(0))
  await world.settle()
  expect(bob.text).toBe('new kinds of blocks')
})

test('[TAB-6] [TAB-7] tabs of two lives of the stored copy do not hear each other, and one copy has the work of both tabs', async () => {
  const { world, first, second } = await twoTabs()
  for (const tab of [first, second]) tab.disconnect()
  world.faults = { ...NO_FAULTS, tabLoss: 1 } // neither has all of it
  first.type('one ', 0)
  second.type('two ', 0)
  await world.rest()
  world.faults = NO_FAULTS
  world.setRole(first.userId, 'viewer')
  first.connect(world.node(0))
  await world.rest()
  expect(first.replica.view.error?.code).toBe('not-allowed')
  const before = Y.encodeStateAsUpdate(first.doc)
  first.reload()
  await world.rest()
  second.type('more ', 0)
  await world.rest()
  expect(first.text).toBe('')
  first.connect(world.node(0))
  second.connect(world.node(0))
  for (let beats = 0; beats < 4; beats += 1) await world.beat()
  expect(second.replica.view.error?.code).toBe('not-allowed')
  expect(second.browser.copies).toHaveLength(1)
  for (const whole of [before, Y.encodeStateAsUpdate(second.doc)])
    expect(isWithin(whole, second.browser.copies[0]?.whole ?? new Uint8Array([0, 0]))).toBe(true)
  expect(first.replica.view.phase).toBe('live') // its stored copy is another by now
})
