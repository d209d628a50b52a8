// Whole blocks: selected by keys, handle and margin, then moved, copied, cut and deleted; and links to a block.
import type { Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })

const MARKDOWN = '# top\n\none\n\ntwo\n\n- three\n- four\n\nfive'
const SHOWN = ['h1 top', 'p one', 'p two', 'ul threefour', 'p five']

const selectedIn = ({ body }: Tab) => body.locator('.selected-block')
const told = ({ page }: Tab, text: string) => page.getByRole('status').filter({ hasText: text })
const paragraph = ({ body }: Tab, text: string) => body.locator('p', { hasText: text })

/** A new document with these blocks. Resolves with its id. */
async function write(tab: Tab, markdown: string): Promise<string> {
  const documentId = await tab.newDocument()
  await tab.body.click()
  await tab.paste(markdown)
  const last = markdown.split(/\s+/).at(-1) ?? ''
  await until('all of it is there', () => expect(tab.body).toContainText(last, { timeout: 1 }))
  // The margin and the handles come with the bars.
  await expect(tab.page.getByRole('toolbar', { name: 'Formatting' })).toBeVisible()
  return documentId
}

const clickInto = (tab: Tab, text: string): Promise<void> => paragraph(tab, text).click()

async function handleOf(tab: Tab, text: string) {
  await paragraph(tab, text).hover()
  return tab.page.getByRole('button', { name: 'Block actions' })
}

test('blocks are selected by keys, moved, copied, cut and pasted, and told to a screen reader', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({ node: 0 })
  await write(ann, MARKDOWN)
  await clickInto(ann, 'two')
  await ann.page.keyboard.press('Escape')
  await expect(selectedIn(ann)).toHaveText(['two'])
  await ann.page.keyboard.press('Shift+ArrowDown')
  await expect(selectedIn(ann)).toHaveText(['two', 'threefour'])
  await expect(told(ann, '2 blocks selected')).toHaveCount(1)

  await ann.page.keyboard.press('Alt+Shift+ArrowUp')
  expect(await ann.structure()).toEqual(['h1 top', 'p two', 'ul threefour', 'p one', 'p five'])
  await expect(told(ann, 'Moved up: 2 blocks; 2 to 3 of 5')).toHaveCount(1)
  await ann.page.keyboard.press('Control+d')
  expect(await ann.structure()).toEqual(['h1 top', 'p two', 'ul threefour', 'p two', 'ul threefour', 'p one', 'p five'])
  await expect(selectedIn(ann)).toHaveCount(2)
  await ann.page.keyboard.press('Control+x')
  expect(await ann.structure()).toEqual(['h1 top', 'p two', 'ul threefour', 'p one', 'p five'])
  await ann.body.press('Control+End')
  await ann.page.keyboard.press('Enter')
  await ann.page.keyboard.press('Control+v')
  expect((await ann.structure()).slice(0, 7)).toEqual([
    'h1 top',
    'p two',
    'ul threefour',
    'p one',
    'p five',
    'p two',
    'ul threefour',
  ])
  for (let times = 0; times < 5; times++) await ann.page.keyboard.press('Control+z')
  await until('all is as it was', async () => expect(await ann.structure()).toEqual(SHOWN))
})

test('blocks are selected by the margin and by Shift on a handle, dragged together, and turned into a list', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({ node: 0 })
  await write(ann, MARKDOWN)
  await expect(await handleOf(ann, 'two')).toBeVisible() // the margin is its
  const text = (await ann.body.boundingBox())!
  const [one, two] = [(await paragraph(ann, 'one').boundingBox())!, (await paragraph(ann, 'two').boundingBox())!]
  await ann.page.mouse.move(text.x - 90, one.y + 5)
  await ann.page.mouse.down()
  await ann.page.mouse.move(text.x - 80, two.y + 8, { steps: 5 })
  await ann.page.mouse.up()
  await expect(selectedIn(ann)).toHaveText(['one', 'two'])

  // All that is selected moves with the handle of one of them.
  const handle = await handleOf(ann, 'one')
  const below = (await paragraph(ann, 'five').boundingBox())!
  await handle.hover()
  await ann.page.mouse.down()
  await ann.page.mouse.move(below.x + 10, below.y, { steps: 5 })
  // Pressing the handle has opened its menu, which goes when the block is dragged.
  await expect(ann.page.getByRole('menu')).toHaveCount(0)
  await ann.page.mouse.move(below.x + 20, below.y + below.height - 3, { steps: 5 })
  await ann.page.mouse.up()
  await until('both are below', async () =>
    expect((await ann.structure()).slice(1, 5)).toEqual(['ul threefour', 'p five', 'p one', 'p two']),
  )

  await clickInto(ann, 'five')
  await (await handleOf(ann, 'two')).click({ modifiers: ['Shift'] })
  await expect(selectedIn(ann)).toHaveText(['five', 'one', 'two'])
  await (await handleOf(ann, 'one')).click()
  await ann.page.getByRole('menuitem', { name: 'Turn into' }).click()
  await ann.page.getByRole('menuitem', { name: 'Task list' }).click()
  await until('they are tasks', async () =>
    expect(ann.body.locator('[data-type="taskList"] p')).toHaveText(['five', 'one', 'two'], { timeout: 1 }),
  )
  await ann.page.keyboard.press('Delete')
  expect(await ann.structure()).toEqual(['h1 top', 'ul threefour'])
})

test('a link to a block leads to it wherever it has gone, and says when it is gone', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 0 })
  const filler = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n\n')
  const documentId = await write(ann, `# Top\n\n- x\n\n${filler}\n\nthe aim\n\n${filler}\n\nend`)
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await (await handleOf(ann, 'the aim')).click()
  await ann.page.getByRole('menuitem', { name: 'Copy link to block' }).click()
  await expect(ann.page.getByText('Link to this block copied').first()).toBeVisible()
  const link = await ann.page.evaluate(() => navigator.clipboard.readText())
  expect(link).toMatch(new RegExp(`/d/${documentId}#block-\\w+$`))
  await paragraph(ann, 'the aim').click()
  await ann.page.keyboard.press('Alt+Shift+ArrowUp')
  await ann.typeHere('!')

  await bob.page.goto(link)
  await expect(bob.body.locator('.linked-block')).toHaveText(/the aim/)
  await expect(bob.body.locator('.linked-block')).toBeInViewport()
  await expect(bob.body.locator('.linked-block')).toHaveCount(0)

  await paragraph(ann, 'the aim').click()
  await ann.page.keyboard.press('Escape')
  await ann.page.keyboard.press('Delete')
  await expect(bob.page.getByText('the aim')).toHaveCount(0)
  await bob.page.reload()
  await expect(bob.page.getByText('This block is not there any more').first()).toBeVisible()
  await expect(bob.body).toContainText('line 59')
})
