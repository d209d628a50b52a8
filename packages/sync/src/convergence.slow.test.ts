import { expect, test } from 'vitest'
import { tellOfARestore, tellStory } from '../test/scenario.ts'
import { KEPT_SEEDS } from '../test/seeds.ts'
import { World } from '../test/world.ts'

test('[GAP-2] an update lost between nodes arrives with the next one', async () => {
  const world = new World({ nodes: 2 })
  const ann = world.replica({ node: 0 })
  const bob = world.replica({ node: 1 })
  await world.settle()
  await world.losing(0, 1, () => ann.type('hello', 0))
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
  await world.losing(0, 1, () => ann.type('hello', 0))
  expect(bob.text).toBe('')
  await world.settle()
  expect(bob.text).toBe('hello')
})

const SEEDS = 100

test(
  `[PROMISE-1] [PROMISE-2] [PROMISE-3] [PROMISE-4] ${SEEDS} fresh days in a world where everything fails, and those that once went wrong`,
  { timeout: 300_000 },
  async () => {
    for (const { seed } of KEPT_SEEDS) await tellStory(seed)
    const first = Math.floor(Math.random() * 2 ** 31)
    for (let seed = first; seed < first + SEEDS; seed += 1) await tellStory(seed)
  },
)

test(
  '[PROMISE-5] a backup restored behind everybody’s back is noticed, and costs nobody what their browser has',
  { timeout: 300_000 },
  async () => {
    const first = Math.floor(Math.random() * 2 ** 31)
    for (let seed = first; seed < first + 20; seed += 1) await tellOfARestore(seed)
  },
)
