// The list of documents, titles, and files brought in.
import { largeMarkdown } from './support/large-markdown.ts'
import { SAVED } from './support/tab.ts'
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
})

test.describe('one node on SQLite', () => {
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
