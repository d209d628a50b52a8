// How a page begins: the first text before the rest, all of it for whoever needs it, and an editor that does not come.
import { largeMarkdown } from './support/large-markdown.ts'
import type { Tab } from './support/tab.ts'
import { expect, test } from './support/test.ts'

test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })

const BYTES = 256 * 1024

const blocksOf = ({ body }: Tab) => body.locator(':scope > *')

test('of a long document the beginning is shown first; keys that mean all of it find all of it', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const bytes = `${largeMarkdown(BYTES)}\n\nthe very end`
  const documentId = await ann.importMarkdown({ name: 'long.md', bytes })
  await expect(blocksOf(ann).last()).toHaveText('the very end')
  const whole = await blocksOf(ann).count()

  await bob.page.addInitScript(() => {
    new MutationObserver((_, look) => {
      const text = document.querySelector('.ProseMirror')
      if (!text?.textContent) return
      look.disconnect()
      document.documentElement.dataset['firstBlocks'] = String(text.childElementCount)
    }).observe(document, { childList: true, subtree: true })
  })
  await bob.open(documentId)
  await bob.body.press('Control+End')
  await bob.typeHere('!')
  await expect(blocksOf(bob).last()).toHaveText('the very end!')
  await expect(blocksOf(bob).last()).toBeInViewport()
  await expect(blocksOf(bob)).toHaveCount(whole)
  const firstBlocks = Number(await bob.page.locator('html').getAttribute('data-first-blocks'))
  expect(firstBlocks).toBeGreaterThan(20)
  expect(firstBlocks).toBeLessThan(whole)
  await expect(blocksOf(ann).last()).toContainText('the very end!')

  await bob.body.press('Control+Home')
  await expect(blocksOf(bob).first()).toBeInViewport()
  await bob.page.keyboard.press('Control+Shift+End')
  await bob.typeHere('All new')
  await expect(bob.body).toHaveText('All new')
  await expect(blocksOf(ann)).toHaveCount(1)
  await expect(blocksOf(ann)).toContainText('All new')
})

test('an editor whose code does not come is said to be missing; a reload brings it, and the text', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.type('Still here.')
  const ofTheEditor = /\/assets\/editor-surface-[^/]+\.js$/
  await bob.page.route(ofTheEditor, (route) => route.abort())
  await bob.page.goto(`/d/${documentId}`)
  await expect(bob.page.getByRole('alert')).toContainText('The editor did not load')
  await bob.page.unroute(ofTheEditor)
  await bob.page.getByRole('button', { name: 'Reload the page' }).click()
  await expect(bob.body).toContainText('Still here.')
})
