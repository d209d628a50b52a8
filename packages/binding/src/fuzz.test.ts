import { expect, test, vi } from 'vitest'
import { ours } from '../test/bindings.ts'
import { KEPT_SEEDS } from '../test/kept-seeds.ts'
import { tellStory } from '../test/story.ts'

// Many stories on a machine that may be busy; nothing here is about time.
vi.setConfig({ testTimeout: 60_000 })

const STORIES = 200
const STEPS = 40

/** Two people; three, one of whom has an older page; four, one of whom may only read. */
test.each([2, 3, 4])('whatever %i people do at once, each sees what is stored, and all the same', (people) => {
  for (let seed = people; seed < STORIES + people; seed += 3)
    tellStory({ seed, binding: ours, steps: STEPS, people, isRich: seed % 2 === 1, reopens: seed % 4 > 1 })
})

test.each(KEPT_SEEDS)('a story that once failed: $reason', ({ reason: _reason, ...story }) => {
  expect(() => tellStory({ ...story, binding: ours, steps: 100 })).not.toThrow()
})
