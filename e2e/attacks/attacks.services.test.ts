import { afterAll, beforeAll, expect, test } from 'vitest'
import { stopSharedCluster } from './attack-cluster.ts'
import { perform } from './perform.ts'
import { ATTACKS } from './rows.ts'
import { Target } from './target.ts'

// The quick ones, shortened; no timing is judged here. `pnpm attacks --all` does all of them in full.
const SLOW = new Set(['A2', 'A9', 'A21', 'A29', 'A35', 'A36', 'A37', 'A39', 'A41', 'A42', 'A44', 'A47', 'A48', 'A65'])

let target: Target
let token: string
beforeAll(async () => {
  target = await Target.start()
  token = await target.token('victim')
})
afterAll(async () => {
  await target.stop()
  await stopSharedCluster()
})

test.each(ATTACKS.filter(({ id }) => !SLOW.has(id)))('$id: $attack', async (attack) => {
  const { wrong } = await perform(attack, target, { token, full: false })
  expect(wrong).toEqual([])
})
