import { expect, type Locator } from '@playwright/test'
import type { Tab } from './tab.ts'
import { until } from './until.ts'

/** The pictures of the text, drawn or not. */
export function pictures({ body }: Tab): Locator {
  return body.locator('figure.image img')
}

/** Every picture is there and drawn, not only its place. */
export async function allDrawn(tab: Tab, count: number): Promise<void> {
  await until(`${count} pictures are drawn`, async () => {
    await expect(pictures(tab)).toHaveCount(count, { timeout: 1 })
    const widths = await pictures(tab).evaluateAll((all) =>
      all.map((image) => (image as HTMLImageElement).naturalWidth),
    )
    expect(widths.every((width) => width > 0)).toBe(true)
  })
}
