// Writing on a phone: fingers, little room, and a keyboard on the screen.
import type { Page } from '@playwright/test'
import { expect, test, until } from './support/test.ts'
import type { Tab } from './support/tab.ts'

test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })

const bar = (page: Page) => page.getByRole('toolbar', { name: 'Formatting' })

async function boxOf(page: Page): Promise<{ top: number; bottom: number; left: number; right: number }> {
  const box = (await bar(page).boundingBox())!
  return { top: box.y, bottom: box.y + box.height, left: box.x, right: box.x + box.width }
}

/** Where the caret is, in the page that is laid out. */
const caretOf = ({ page }: Tab) =>
  page.evaluate(() => {
    const { top, bottom } = getSelection()!.getRangeAt(0).getBoundingClientRect()
    return { top, bottom }
  })

test('the formatting bar is at the foot, a tap in it leaves the caret where it is, and what comes up stands above it', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({ onPhone: true })
  await ann.newDocument()
  await expect(bar(ann.page)).toBeVisible()
  const { top, bottom, left, right } = await boxOf(ann.page)
  expect([bottom, left, right]).toEqual([800, 0, 390])

  await ann.type('A word: ')
  await ann.page.getByRole('button', { name: 'Bold' }).tap()
  await ann.typeHere('bold')
  await expect(ann.body.locator('strong')).toHaveText('bold')
  await expect(ann.body).toBeFocused()
  // Also while the text is longer than the screen: the caret is above the bar.
  await ann.typeHere('\n'.repeat(30))
  await ann.typeHere('the end')
  expect((await caretOf(ann)).bottom).toBeLessThan(top)
  const words = (await ann.page.getByRole('button', { name: /words/ }).boundingBox())!
  expect(words.y + words.height).toBeLessThan(top)

  await ann.page.getByRole('button', { name: 'Style' }).tap()
  const menu = (await ann.page.getByRole('menu').boundingBox())!
  expect(menu.y + menu.height).toBeLessThanOrEqual(top)
  await ann.page.getByRole('menuitemradio', { name: 'Heading 1' }).tap()
  await expect(ann.body.locator('h1')).toHaveText('the end')

  await ann.page.getByRole('button', { name: 'More' }).tap()
  await ann.page.getByRole('menuitem', { name: 'Copy as Markdown' }).tap()
  const said = (await ann.page.getByText('Copied').boundingBox())!
  expect(said.y + said.height).toBeLessThan(top)
  expect(await ann.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

test('a page that the keyboard makes smaller shows the caret, above the bar', async ({ openTabs }) => {
  const [ann] = await openTabs({ onPhone: true })
  await ann.newDocument()
  await ann.type('\n'.repeat(11))
  await ann.typeHere('here')
  await expect(bar(ann.page)).toBeVisible()
  await ann.page.setViewportSize({ width: 390, height: 430 })
  await until('the caret is above the bar, and the bar above the keyboard', async () => {
    const { top, bottom } = await boxOf(ann.page)
    expect(bottom).toBe(430)
    expect((await caretOf(ann)).bottom).toBeLessThan(top)
  })
})

test('where the keyboard covers the page, the bar and the caret stay above it', async ({ openTabs }) => {
  const [ann] = await openTabs({ onPhone: true })
  // As Safari does: the page keeps its size, and says that less of it is seen.
  await ann.page.addInitScript(() => {
    const shown = Object.assign(new EventTarget(), { width: 390, height: 800, offsetTop: 0, scale: 1 })
    Object.defineProperty(window, 'visualViewport', { value: shown })
  })
  const show = (part: { height?: number; offsetTop?: number; scale?: number }, event: 'resize' | 'scroll') =>
    ann.page.evaluate(
      ([values, name]) => {
        Object.assign(window.visualViewport!, values)
        window.visualViewport!.dispatchEvent(new Event(name))
      },
      [part, event] as const,
    )
  await ann.newDocument()
  await ann.type('\n'.repeat(30))
  await expect(bar(ann.page)).toBeVisible()
  expect((await boxOf(ann.page)).bottom).toBe(800)
  await show({ height: 460 }, 'resize')
  expect((await boxOf(ann.page)).bottom).toBe(460)
  expect((await caretOf(ann)).bottom).toBeLessThan((await boxOf(ann.page)).top)
  await ann.typeHere('\nseen')
  expect((await caretOf(ann)).bottom).toBeLessThan((await boxOf(ann.page)).top)
  await show({ offsetTop: 90 }, 'scroll')
  expect((await boxOf(ann.page)).bottom).toBe(550)
  // Two fingers have made it larger: it stays at the page's foot.
  await show({ scale: 2, height: 230 }, 'resize')
  expect((await boxOf(ann.page)).bottom).toBe(800)
  await show({ scale: 1, height: 800, offsetTop: 0 }, 'resize')
  expect((await boxOf(ann.page)).bottom).toBe(800)
})
