import { expect } from '@playwright/test'
import { SAVED, type Tab } from './tab.ts'

const PARAGRAPHS = 2_000
const WORDS_PER_PARAGRAPH = 100
const WITHIN_MS = 60_000

declare global {
  var longestTaskMs: number | undefined
}

/** 200,000 words, 5 MB, in paragraphs of the length that people write. */
export const LARGE_TEXT = Array.from({ length: PARAGRAPHS }, (_, paragraph) =>
  Array.from({ length: WORDS_PER_PARAGRAPH }, (__, word) => `word-${paragraph}-${word}-of-a-long-text`).join(' '),
).join('\n')

/** `longestTaskMs`: the longest that the witness's page did not listen to its user, 0 when under 50 ms. */
export interface WatchedPaste {
  readonly longestTaskMs: number
  readonly savedAndShownMs: number
}

/** Both have the same empty document open; one pastes it all. Resolves when it is saved, and the witness sees every paragraph. */
export async function pasteBefore(witness: Tab, writer: Tab): Promise<WatchedPaste> {
  await witness.page.evaluate(() => {
    globalThis.longestTaskMs = 0
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        globalThis.longestTaskMs = Math.max(globalThis.longestTaskMs ?? 0, duration)
    }).observe({ type: 'longtask' })
  })
  const startedMs = performance.now()
  await writer.paste(LARGE_TEXT)
  await expect(witness.body.locator('p')).toHaveCount(PARAGRAPHS, { timeout: WITHIN_MS })
  await expect(writer.saving).toHaveText(SAVED, { timeout: WITHIN_MS })
  const savedAndShownMs = performance.now() - startedMs
  const longestTaskMs = await witness.page.evaluate(() => Math.round(globalThis.longestTaskMs ?? 0))
  return { longestTaskMs, savedAndShownMs }
}
