import { expect, test } from 'vitest'
import { tellStory } from '../test/scenario.ts'
import { keptSeeds } from '../test/seeds.ts'
import { World } from '../test/world.ts'

test('[GAP-2] an update lost between nodes arrives with the next one', async () => {
  const world = new World({ nodes: 2 })
  const ann = world.replica({ node: 0 })
  const bob = world.replica({ node: 1 })
  await world.settle()
  await world.losing(world.node(0), () => ann.type('hello', 0))
  expect(bob.text).toBe('')
  ann.type(' world', 5)
  await world.rest()
  expect(bob.text).toBe('hello world')
})

test('[GAP-3] an update lost between nodes arrives with the next heartbeat', async () => {
  const world = new World({ nodes: 2 })
  const ann = world.replica({ node: 0 })
  const bob = world.replica({ node: 1 })
  await world.settle()
  await world.losing(world.node(0), () => ann.type('hello', 0))
  expect(bob.text).toBe('')
  await world.settle()
  expect(bob.text).toBe('hello')
})

test('[EPOCH-3] roles that a restored backup has undone are undone everywhere, and nobody is stuck', async () => {
  for (const seed of [0, 30, 60, 90]) await tellStory(seed)
})

const SEEDS = 200

/** What 200 stories would be a test of nothing without. */
const MUST_HAPPEN = [
  'pushes_repeated',
  'pushes_refused',
  'overtaken',
  'holes_found',
  'holes_healed',
  'behind',
  'snapshot',
  'points',
  'compactions',
  'people',
  'tab_messages',
]

test(
  `[PROMISE-1] [PROMISE-2] [PROMISE-3] [PROMISE-4] [PROMISE-5] [PROMISE-6] ${SEEDS} fresh stories in a world where everything fails, and those that once went wrong`,
  { timeout: 300_000 },
  async () => {
    for (const { seed } of keptSeeds()) await tellStory(seed)
    const first = Math.floor(Math.random() * 2 ** 31)
    const happened = new Map<string, number>()
    for (let seed = first; seed < first + SEEDS; seed += 1) {
      const story = await tellStory(seed)
      for (const [what, times] of story.happened) happened.set(what, (happened.get(what) ?? 0) + times)
    }
    for (const what of MUST_HAPPEN) expect(happened.get(what) ?? 0, `${what}, from seed ${first}`).toBeGreaterThan(10)
  },
)
