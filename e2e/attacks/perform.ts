import type { Attack, Extent, Measured } from './attack.ts'
import { Bystander } from './bystander.ts'
import { Scene } from './scene.ts'
import type { Target } from './target.ts'

export interface Result {
  readonly attack: Attack
  readonly measured: Measured
  /** What was wrong, in words; empty when it was refused as it should. */
  readonly wrong: readonly string[]
}

/**
 * Does one attack and looks at what it has done to a victim, to the node's counters of refusals, and in a full run to
 * how long somebody else's edits take. Never rejects.
 */
export async function perform(attack: Attack, target: Target, options: { token: string } & Extent): Promise<Result> {
  let scene: Scene | undefined
  let bystander: Bystander | undefined
  try {
    scene = await Scene.set(target, options.token)
    if (options.full) bystander = await Bystander.settle(target, options.token)
    const refusedBefore = await target.refusals()
    const found = await attack.run(scene, options.full, options.frames)
    const others = await bystander?.leave()
    bystander = undefined
    await scene.unharmed()
    const measured = { ...found, refusalsCounted: (await target.refusals()) - refusedBefore, ...others }
    const wrong = options.full && attack.met?.(measured) === false ? [`not met: ${attack.passes}`] : []
    return { attack, measured, wrong }
  } catch (error) {
    return { attack, measured: {}, wrong: [error instanceof Error ? error.message : String(error)] }
  } finally {
    await bystander?.leave().catch(() => undefined)
    await scene?.strike()
  }
}
