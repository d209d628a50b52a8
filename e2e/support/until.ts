import { expect } from '@playwright/test'

const LOOK_EVERY_MS = [50, 100, 200]
const WITHIN_MS = 30_000

/**
 * Waits until something holds, looking again and again. The condition may return whether it does, or be made of
 * `expect`s: then the last one that failed is shown. `what` finishes the sentence "waited until …".
 */
export async function until(what: string, condition: () => unknown): Promise<void> {
  await expect(async () => {
    if ((await condition()) === false) throw new Error(`Waited until ${what}`)
  }, `until ${what}`).toPass({ intervals: LOOK_EVERY_MS, timeout: WITHIN_MS })
}
