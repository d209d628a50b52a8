import { tellOfADay, tellOfASleepyDay } from './day.ts'
import { tellOfEveryPoint } from './every-point.ts'
import { tellOfARestore, tellOfOlderRoles } from './restores.ts'
import { shrinkLimits } from './small-limits.ts'
import { Telling } from './telling.ts'

type Teller = (story: Telling) => Promise<unknown>

/** Which seeds tell of what: the first whose `every` and `from` fit. A seed that fits none tells of a day. */
const STORIES: readonly { readonly every: number; readonly from: number; readonly tell: Teller }[] = [
  { every: 200, from: 125, tell: tellOfEveryPoint },
  { every: 30, from: 0, tell: tellOfOlderRoles },
  { every: 10, from: 0, tell: tellOfARestore },
  { every: 8, from: 6, tell: tellOfASleepyDay },
]

/** Seeds of the stories that notice what no day can: `from`, `from + every`, … */
export const SEEDS_OF = {
  anything: { from: 1, every: 1 },
  restores: { from: 0, every: 10 },
  'every point': { from: 325, every: 200 },
  'sleeping pages': { from: 6, every: 8 },
} as const

export interface Story {
  readonly seed: number
  /** How often things happened that a story is for. */
  readonly happened: ReadonlyMap<string, number>
}

/** Tells the story of a seed. Throws with the seed, what was done last, and what went wrong. */
export async function tellStory(seed: number): Promise<Story> {
  shrinkLimits()
  const story = new Telling(seed)
  const teller = STORIES.find(({ every, from }) => seed % every === from)?.tell ?? tellOfADay
  try {
    await teller(story)
  } catch (error) {
    const done = `${story.actions.length} actions (… ${story.actions.slice(-12).join(', ')})`
    throw new Error(`Seed ${seed}, step ${story.step}, after ${done}: ${String(error)}`, { cause: error })
  }
  story.end()
  return story
}
