import type { Locator, Page } from '@playwright/test'
import type { Tab } from './tab.ts'

/** What is seen before the text itself is there. */
export const firstScreenOf = ({ page }: Tab): Locator => page.locator('.first-screen')

/** The server does not say who this is until what is returned is called. */
export async function holdServer(page: Page): Promise<() => void> {
  const answer = Promise.withResolvers<void>()
  await page.route('**/trpc/me.get*', async (route) => {
    await answer.promise
    await route.continue()
  })
  return answer.resolve
}
