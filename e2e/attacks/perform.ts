import type { Attack, Measured } from './attack.ts'
import { Scene } from './scene.ts'
import type { Target } from './target.ts'

export interface Result {
  readonly attack: Attack
  readonly measured: Measured
  /** What was wrong, in words; empty when it was refused as it should. */
  readonly wrong: readonly string[]
}

/** Does one attack and looks at what it has done to a victim. Never rejects. */
export async function perform(
  attack: Attack,
  target: Target,
  options: { token: string; full: boolean },
): Promise<Result> {
  let scene: Scene | undefined
  try {
    scene = await Scene.set(target, options.token)
    const measured = await attack.run(scene, options.full)
    await scene.unharmed()
    const wrong = options.full && attack.met?.(measured) === false ? [`not met: ${attack.passes}`] : []
    return { attack, measured, wrong }
  } catch (error) {
    return { attack, measured: {}, wrong: [error instanceof Error ? error.message : String(error)] }
  } finally {
    await scene?.strike()
  }
}
