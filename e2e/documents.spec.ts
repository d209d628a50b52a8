// The list of documents, titles, and files brought in.
import { axeFindings } from './support/axe.ts'
import { largeMarkdown } from './support/large-markdown.ts'
import { OFFLINE, SAVED } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.describe('two nodes', () => {
  test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

  test("a rename in one tab shows in another person's list on another node", async ({ openTabs }) => {
    const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
    const documentId = await ann.newDocument()
    await bob.open(documentId) // from now on it is in Bob's list
    await bob.home()

    await ann.title.fill('Minutes of Monday')
    await expect(bob.listed('Minutes of Monday')).toBeVisible()
    await ann.title.fill('Minutes of Tuesday')
    await expect(bob.listed('Minutes of Tuesday')).toBeVisible()
    await expect(bob.listed('Minutes of Monday')).toHaveCount(0)
  })

  test('a star given in one tab shows in another tab of that person, on another node, stays, and is nobody else’s', async ({
    openTabs,
  }) => {
    const [bob] = await openTabs({ node: 1 })
    const [ann] = await openTabs({ node: 0 })
    const documentId = await ann.newDocument()
    await ann.title.fill('Plans')
    await expect(ann.saving).toHaveText(SAVED)
    await bob.open(documentId)
    const starOfBob = bob.page.getByRole('button', { name: 'Star', exact: true })
    await expect(starOfBob).toHaveAttribute('aria-pressed', 'false')
    const [annAtHome] = await openTabs({ sameBrowserAs: ann })
    await annAtHome.home()
    await expect(annAtHome.listed('Plans')).toBeVisible()

    await ann.page.getByRole('button', { name: 'Star', exact: true }).click()
    await expect(ann.page.getByRole('button', { name: 'Remove star' })).toHaveAttribute('aria-pressed', 'true')
    const starred = annAtHome.page.getByRole('list', { name: 'Starred' })
    await expect(starred.getByRole('link', { name: 'Plans' })).toBeVisible()
    expect(await axeFindings(annAtHome.page, 'home with a star')).toEqual([])
    expect(await axeFindings(ann.page, 'document with a star')).toEqual([])

    await ann.reload()
    await expect(ann.page.getByRole('button', { name: 'Remove star' })).toHaveAttribute('aria-pressed', 'true')
    await bob.reload()
    await expect(starOfBob).toHaveAttribute('aria-pressed', 'false')
    await bob.home()
    await expect(bob.listed('Plans')).toBeVisible()
    await expect(bob.page.getByRole('list', { name: 'Starred' })).toHaveCount(0)

    // By the keyboard, from the list: the row moves, and focus with it.
    await annAtHome.page.getByRole('button', { name: 'Remove star from Plans' }).press('Enter')
    await expect(annAtHome.page.getByRole('button', { name: 'Star Plans' })).toBeFocused()
    await expect(starred).toHaveCount(0)
    await expect(ann.page.getByRole('button', { name: 'Star', exact: true })).toHaveAttribute('aria-pressed', 'false')
  })

  test('what somebody shared is taken off one’s list in every tab on every node; undone it is back with its star, opened it is back', async ({
    openTabs,
  }) => {
    const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
    const documentId = await ann.newDocument()
    await ann.title.fill('Plans')
    await expect(ann.saving).toHaveText(SAVED)
    await bob.open(documentId)
    await bob.page.getByRole('button', { name: 'Star', exact: true }).click()
    await bob.home()
    await bob.page.getByRole('button', { name: 'More for Plans' }).click()
    await expect(bob.page.getByRole('menuitem', { name: 'Delete…' })).toHaveCount(0)
    await bob.page.keyboard.press('Escape')
    const [bobElsewhere] = await openTabs({ sameBrowserAs: bob })
    await bobElsewhere.newDocument()
    await bobElsewhere.title.fill('Mine')
    await expect(bobElsewhere.saving).toHaveText(SAVED)
    await bobElsewhere.home()
    const starred = (tab: typeof bob) => tab.page.getByRole('list', { name: 'Starred' })
    await expect(starred(bobElsewhere).getByRole('link', { name: 'Plans' })).toBeVisible()
    await bobElsewhere.page.getByRole('button', { name: 'More for Mine' }).click()
    await expect(bobElsewhere.page.getByRole('menuitem', { name: 'Remove from my list' })).toHaveCount(0)
    await bobElsewhere.page.keyboard.press('Escape')

    // By the keyboard: focus goes on from the neighbour, and to what comes back.
    const remove = async (name: string) => {
      await bob.page.getByRole('button', { name: `More for ${name}` }).press('Enter')
      await bob.page.getByRole('menuitem', { name: 'Remove from my list' }).press('Enter')
    }
    await remove('Plans')
    await expect(starred(bob)).toHaveCount(0)
    await expect(bob.listed('Mine')).toBeVisible()
    await expect(bob.page.getByRole('button', { name: 'Star Mine' })).toBeFocused()
    await expect(starred(bobElsewhere)).toHaveCount(0)
    await expect(bobElsewhere.page.getByRole('link', { name: 'Plans' })).toHaveCount(0)
    const undo = bob.page.getByRole('button', { name: 'Undo' })
    await undo.focus()
    await expect(bob.page.locator('[data-base-ui-portal]')).toHaveCount(0) // the hint of what had the focus
    expect(await axeFindings(bob.page, 'home with an offer to undo')).toEqual([])

    await undo.press('Enter')
    for (const tab of [bob, bobElsewhere]) await expect(starred(tab).getByRole('link', { name: 'Plans' })).toBeVisible()
    await expect(bob.page.getByRole('button', { name: 'Remove star from Plans' })).toBeFocused()

    await remove('Plans')
    await expect(bobElsewhere.page.getByRole('link', { name: 'Plans' })).toHaveCount(0)
    await bob.page.reload()
    await expect(bob.listed('Mine')).toBeVisible()
    await expect(bob.page.getByRole('link', { name: 'Plans' })).toHaveCount(0)
    await bob.open(documentId) // still lets him write
    await expect(bobElsewhere.listed('Plans')).toBeVisible()
    await ann.home()
    await expect(ann.listed('Plans')).toBeVisible()
  })
})

test.describe('one node on SQLite', () => {
  test('while somebody types the bar steps back, in its place and at work, and comes back with a pointer or the focus', async ({
    openTabs,
  }) => {
    const [ann] = await openTabs({})
    await ann.newDocument()
    const { page } = ann
    const bar = page.getByRole('banner')
    const share = page.getByRole('button', { name: 'Share' })
    const seen = () => share.evaluate((button) => getComputedStyle(button.parentElement ?? button).opacity)
    const place = () => share.evaluate((button) => button.getBoundingClientRect().toJSON() as object)
    const before = await place()
    /** Keeps typing, as somebody does who does not look up. */
    const untilGone = () =>
      until('the bar has stepped back', async () => {
        await ann.typeHere('a')
        expect(await seen()).toBe('0')
      })
    await ann.body.click()
    await untilGone()
    expect(await place()).toEqual(before)
    await expect(bar).toHaveAttribute('data-calm')
    expect(await ann.saving.evaluate((status) => getComputedStyle(status).opacity)).toBe('1')
    await page.mouse.move(300, 300)
    await expect(bar).not.toHaveAttribute('data-calm')
    await expect.poll(seen).toBe('1')

    await untilGone()
    await share.focus()
    await expect.poll(seen).toBe('1')
    await ann.body.focus()
    await untilGone()
    await share.click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')

    await ann.body.focus()
    await untilGone()
    await expect.poll(seen).toBe('1') // nobody types any more

    await page.emulateMedia({ reducedMotion: 'reduce' })
    await ann.body.focus()
    await ann.typeHere('b')
    await expect(bar).toHaveAttribute('data-calm')
    expect(await seen()).toBe('1')
  })

  test('the saving status says when the last change was saved and where it waited; offline, what waits', async ({
    openTabs,
    cutNetwork,
    restoreNetwork,
  }) => {
    const [ann] = await openTabs({})
    await ann.newDocument()
    const details = ann.page.getByRole('dialog', { name: /^(Saved|Saving…|Offline\..*)$/ })
    const waited = details.getByRole('region', { name: 'Where the last change waited' })
    const open = () => ann.saving.getByRole('button').click()
    await open()
    await expect(details).toContainText('Waiting to be savedNothing')
    await expect(details).not.toContainText('Last saved') // nothing was typed yet
    await ann.page.keyboard.press('Escape')

    await ann.type('Saved at once.')
    await expect(ann.saving).toHaveText(SAVED)
    await open()
    await expect(details).toContainText(/Last savedjust nowRound trip(under )?\d/)
    await expect(waited).toContainText(/Waiting to be sent(under )?\d.*Server, until on disk(under )?\d/)
    await expect(waited).not.toContainText('Waiting for a connection')
    for (const colorScheme of ['light', 'dark'] as const) {
      await ann.page.emulateMedia({ colorScheme })
      expect(await axeFindings(ann.page, `saving details, ${colorScheme}`)).toEqual([])
    }
    await ann.page.keyboard.press('Escape')

    cutNetwork(ann)
    await expect(ann.saving).toHaveText(OFFLINE)
    await ann.type(' On a train.')
    await open()
    await expect(details).toContainText(/Waiting to be saved1, for \d+ sec/)
    restoreNetwork(ann)
    await expect(details).toContainText('Waiting to be savedNothing')
    // Offline there was time to keep it first.
    await expect(waited).toContainText(/Being kept on this device(under )?\d.*Waiting for a connection\d/)
  })

  test('a Markdown file of 100 KB is imported, written in by two at once, and the same after reload and kill -9', async ({
    openTabs,
    killNode,
    startNode,
  }) => {
    test.setTimeout(180_000)
    const bytes = largeMarkdown(100 * 1024)
    const [ann, bob] = await openTabs({}, {})
    const documentId = await ann.importMarkdown({ name: 'report.md', bytes })
    await expect(ann.title).toHaveValue('The long report')
    await bob.open(documentId)

    for (const part of ['h2', 'ul', 'ol', 'table', 'pre', 'blockquote', 'hr']) {
      await expect(ann.body.locator(part).first()).toBeAttached()
    }
    await expect(ann.body.getByRole('checkbox', { checked: true }).first()).toBeAttached()
    await expect(ann.body.locator('img').first()).toBeAttached()
    await expect(ann.body.locator('a[href="https://example.org/chapter/1"]')).toHaveText('link')

    await bob.body.getByText('Written to be').click()
    await Promise.all([ann.type('Ann writes at the end. '.repeat(3)), bob.typeHere('Bob writes above. '.repeat(3))])
    await until('both show the same, and Saved', async () => {
      expect(await bob.structure()).toEqual(await ann.structure())
      for (const tab of [ann, bob]) await expect(tab.saving).toHaveText(SAVED, { timeout: 1 })
    })
    const structure = await ann.structure()
    expect(structure.join('\n').match(/Ann writes at the end\. /g)).toHaveLength(3)
    expect(structure.length).toBeGreaterThan(500)

    await ann.reload()
    await until('the same after a reload', async () => expect(await ann.structure()).toEqual(structure))
    await killNode(0)
    await startNode(0)
    await bob.reload()
    await until('the same after kill -9', async () => expect(await bob.structure()).toEqual(structure))
  })
})
