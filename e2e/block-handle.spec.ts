// What the mouse finds beside a block and at the edge of a cell.
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

test('a block is dragged by its handle, and a column of a table is made wider by the mouse', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.importMarkdown({
    name: 'a.md',
    bytes: 'first\n\nsecond\n\nthird\n\n| a | b |\n| - | - |\n| c | d |\n',
  })
  await bob.open(documentId)
  // What comes after the text may move it.
  await expect(ann.page.getByRole('toolbar', { name: 'Formatting' })).toBeVisible()
  const third = (await ann.body.getByText('third').boundingBox())!
  await ann.body.getByText('first').hover()
  await ann.page.getByRole('button', { name: 'Block actions' }).hover()
  await ann.page.mouse.down()
  await ann.page.mouse.move(third.x + 20, third.y, { steps: 5 })
  // Pressing the handle has opened its menu, which goes when the block is dragged.
  await expect(ann.page.getByRole('menu')).toHaveCount(0)
  await ann.page.mouse.move(third.x + 30, third.y + third.height - 3, { steps: 5 })
  await ann.page.mouse.up()
  await until('both see it moved', async () => {
    for (const tab of [ann, bob])
      expect((await tab.structure()).slice(0, 3)).toEqual(['p second', 'p third', 'p first'])
  })

  const cell = (await ann.body.locator('th').first().boundingBox())!
  await ann.page.mouse.move(cell.x + cell.width - 1, cell.y + 10)
  await ann.page.mouse.down()
  await ann.page.mouse.move(cell.x + cell.width + 90, cell.y + 10, { steps: 5 })
  await ann.page.mouse.up()
  await until('it is wider, for both', async () => {
    for (const tab of [ann, bob]) {
      const { width } = (await tab.body.locator('th').first().boundingBox())!
      expect(Math.abs(width - cell.width - 91)).toBeLessThan(6)
    }
  })
})

test('the handle of a block comes late to a mouse that rests there already, and stays while somebody else writes', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await bob.importMarkdown({ name: 'a.md', bytes: 'first\n\nsecond\n' })
  const late = Promise.withResolvers<void>()
  await ann.context.route(/editor-parts/, async (route) => {
    await late.promise
    await route.continue()
  })
  await ann.page.goto(`/d/${documentId}`)
  await ann.body.getByText('second').hover()
  const handle = ann.page.getByRole('button', { name: 'Block actions' })
  await expect(handle).toHaveCount(0)
  late.resolve()
  await expect(handle).toBeVisible()

  await bob.body.getByText('first').click()
  await bob.body.press('End')
  await bob.typeHere(' of all')
  await expect(ann.body).toContainText('first of all')
  await expect(handle).toBeVisible()
  await ann.body.getByText('second').click()
  await ann.typeHere('s')
  await expect(handle).toHaveCount(0) // who types looks at the text
  await bob.typeHere(', again')
  await expect(ann.body).toContainText('first of all, again')
  await ann.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await expect(handle).toHaveCount(0) // also when what somebody else writes moves it
})
