import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** An open menu, or a question that has to be answered, is where one is: nobody looks for it by its landmark. */
const WITHOUT_LANDMARK = '[role=menu], [role=alertdialog]'
/** Of Base UI, around what keeps the focus: hidden, and focusable so that it can pass the focus on. */
const FOCUS_GUARD = '[data-base-ui-focus-guard]'

/** What axe finds on the page as it is now, a line for each; none: []. `screen` is what the page shows, for the reader of a failure. */
export async function axeFindings(page: Page, screen: string): Promise<string[]> {
  // What is still fading in has the contrast of what is half there.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  // Legacy: in this very page, which is one document; the newer way opens another page for its report.
  const axe = new AxeBuilder({ page }).setLegacyMode().exclude(FOCUS_GUARD)
  if ((await page.locator(WITHOUT_LANDMARK).count()) > 0) axe.disableRules('region')
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, failureSummary = '' }) => {
      const why = failureSummary.split('\n').slice(1).join(' ').replaceAll(/\s+/g, ' ').trim()
      return `${screen}: ${id} at ${target.join(' ')} (${html.slice(0, 200)}): ${why}`
    }),
  )
}
