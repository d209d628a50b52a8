// What is seen before the text itself is there: its beginning, as this browser showed it last; and where somebody was reading.
import type { Page } from '@playwright/test'
import { firstScreenOf, holdServer } from './support/first-screen.ts'
import { largeMarkdown } from './support/large-markdown.ts'
import { setRole } from './support/sharing.ts'
import type { Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })

/** What is kept for the next time; empty: nothing. */
function keptFirstScreens(page: Page): Promise<string> {
  return page.evaluate(() =>
    Object.entries(localStorage)
      .filter(([name]) => name.startsWith('tandem:first-screen:'))
      .map(([, kept]) => String(kept))
      .join('\n'),
  )
}

async function untilKept({ page }: Tab, text: string): Promise<void> {
  await until('it is kept for the next time', async () => expect(await keptFirstScreens(page)).toContain(text))
}

test('its beginning is there before the server has said anything, and the text takes its place without a jump', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({})
  const documentId = await ann.importMarkdown({
    name: 'plan.md',
    bytes: '# The plan\n\nFirst **this**.\n\n- [x] done\n',
  })
  await untilKept(ann, 'The plan')

  const letAnswer = await holdServer(ann.page)
  await ann.page.goto(`/d/${documentId}`)
  const kept = firstScreenOf(ann)
  await expect(kept).toContainText('First this.')
  await expect(kept.getByRole('checkbox', { includeHidden: true })).toBeChecked()
  await expect(ann.body).toHaveCount(0) // for who cannot see it there is no text yet
  const before = await kept.locator('h1').boundingBox()
  expect(before).not.toBeNull()

  letAnswer()
  await expect(ann.body).toHaveAttribute('contenteditable', 'true')
  await expect(kept).toHaveCount(0)
  expect(await ann.body.locator('h1').boundingBox()).toEqual(before)
  await ann.type(' And that.')
  await expect(ann.body).toContainText('And that.')

  // From the list, too.
  await untilKept(ann, 'And that.')
  await ann.home()
  await ann.page.evaluate(() => {
    new MutationObserver((_, look) => {
      const drawn = document.querySelector('.first-screen')
      if (!drawn) return
      look.disconnect()
      document.documentElement.dataset['seen'] = drawn.textContent ?? ''
    }).observe(document, { childList: true, subtree: true })
  })
  await ann.listed('The plan').click()
  await expect(ann.body).toContainText('And that.')
  await expect(ann.page.locator('html')).toHaveAttribute('data-seen', /And that\./)
})

test('a document’s address names what its page needs, all of which is there', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  await ann.newDocument()
  const { named, refused } = await ann.page.evaluate(async () => {
    const page = new DOMParser().parseFromString(
      await (await fetch(location.href, { headers: { accept: 'text/html' } })).text(),
      'text/html',
    )
    const named = [...page.querySelectorAll<HTMLLinkElement>('link[rel$="preload"]')].map(
      (link) => link.getAttribute('href') ?? '',
    )
    const answers = await Promise.all(named.map(async (address) => ({ address, isThere: (await fetch(address)).ok })))
    return { named, refused: answers.filter(({ isThere }) => !isThere).map(({ address }) => address) }
  })
  for (const part of ['document-route', 'editor-surface', 'document-libraries'])
    expect(named.join()).toContain(`/assets/${part}-`)
  expect(refused).toEqual([])
})

test('what is neither on the server nor on this device is not kept for the next time', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann] = await openTabs({})
  await ann.page.addInitScript(() => {
    indexedDB.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  })
  await ann.newDocument()
  await ann.type('On the server. ')
  await untilKept(ann, 'On the server.')
  cutNetwork(ann)
  await expect(ann.page.getByRole('status').filter({ hasText: /^Offline\. This browser cannot keep/ })).toBeVisible()
  await ann.type('Nowhere.')
  await ann.page.waitForTimeout(3_000) // longer than it takes to keep what may be kept
  expect(await keptFirstScreens(ann.page)).not.toContain('Nowhere')
  restoreNetwork(ann)
  await untilKept(ann, 'Nowhere.')
})

test('of a document that one may no longer read nothing is shown', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({}, {})
  await ann.changeName('Ann')
  await bob.changeName('Bob')
  const documentId = await ann.newDocument()
  await ann.type('Between us.')
  await bob.open(documentId)
  await untilKept(bob, 'Between us.')
  await setRole(ann, 'Bob', 'Remove…')
  await ann.page.getByRole('alertdialog', { name: 'Remove Bob?' }).getByRole('button', { name: 'Remove' }).click()
  await expect(bob.page.getByRole('heading', { name: 'You no longer have access to this document' })).toBeVisible()
  await until('it is forgotten', async () => expect(await keptFirstScreens(bob.page)).toBe(''))

  const letAnswer = await holdServer(bob.page)
  await bob.page.goto(`/d/${documentId}`)
  await expect(bob.page.getByRole('main', { name: 'Tandem is starting' })).toBeAttached()
  await expect(firstScreenOf(bob)).toHaveCount(0)
  letAnswer()
  await expect(bob.page.getByRole('heading', { name: 'You have no access to this document' })).toBeVisible()
})

test('a page that is loaded again is where it was, whatever others wrote above meanwhile', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.importMarkdown({ name: 'long.md', bytes: largeMarkdown(64 * 1024) })
  await bob.open(documentId)
  const heading = bob.body.getByRole('heading', { name: /^Chapter 20:/ })
  const top = () => heading.evaluate((element) => Math.round(element.getBoundingClientRect().top))
  await until('it stands still', async () => {
    await heading.evaluate((element) => window.scrollBy(0, element.getBoundingClientRect().top - 300))
    await bob.page.waitForTimeout(200) // blocks out of sight have their true heights only once they have been near
    expect(await top()).toBe(300)
  })

  await bob.reload()
  await until('it is there again', async () => expect(Math.abs((await top()) - 300)).toBeLessThanOrEqual(1))

  await bob.page.goto('about:blank')
  await ann.body.press('Control+Home')
  await ann.body.press('Enter')
  await ann.body.press('Enter')
  await ann.body.press('Control+Home')
  await ann.typeHere('Above')
  await expect(ann.saving).toHaveText('Saved')
  await bob.page.goBack()
  await expect(bob.body).toContainText('Above')
  await until('it is there still', async () => expect(Math.abs((await top()) - 300)).toBeLessThanOrEqual(1))

  // Who comes anew comes to the beginning.
  await bob.page.goto(`/d/${documentId}`)
  await expect(bob.body).toContainText('Above')
  expect(await bob.page.evaluate(() => window.scrollY)).toBe(0)
})
