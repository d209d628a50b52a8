// Blocks beside each other: made, dragged, filled by two people at once, resized by mouse and keys, and below each other on a phone.
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

async function insert({ page }: Tab, words: string): Promise<void> {
  await page.keyboard.type(`/${words}`)
  await expect(page.getByRole('option').first()).toBeVisible()
  await page.keyboard.press('Enter')
}

const columnsOf = ({ body }: Tab) => body.locator('[data-type="column"]')

const textsOf = (tab: Tab) =>
  columnsOf(tab).evaluateAll((columns) =>
    columns.map((column) => {
      const plain = column.cloneNode(true) as HTMLElement
      for (const drawn of plain.querySelectorAll('.remote-caret, .ProseMirror-trailingBreak')) drawn.remove()
      return plain.textContent
    }),
  )

const widthsOf = (tab: Tab) =>
  columnsOf(tab).evaluateAll((columns) => columns.map((column) => Math.round(column.getBoundingClientRect().width)))

test('two people fill columns at once, resize them, and join them', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await ann.body.click()
  await insert(ann, '2 columns')
  await ann.typeHere('Left')
  await bob.open(documentId)
  await until('Bob has the columns', async () => expect(await textsOf(bob)).toEqual(['Left', '']))
  await columnsOf(bob).nth(1).click()
  await Promise.all([ann.typeHere(' by Ann'), bob.typeHere('Right by Bob')])
  await until('both have both', async () => {
    for (const tab of [ann, bob]) expect(await textsOf(tab)).toEqual(['Left by Ann', 'Right by Bob'])
  })

  const line = ann.page.getByRole('separator', { name: 'Width of column 1, in percent' })
  await line.focus()
  for (let times = 0; times < 4; times++) await ann.page.keyboard.press('ArrowRight')
  await expect(line).toHaveAttribute('aria-valuenow', '70')
  const box = (await line.boundingBox())!
  await ann.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await ann.page.mouse.down()
  await ann.page.mouse.move(box.x - 2_000, box.y + box.height / 2, { steps: 4 })
  await ann.page.mouse.up()
  await until('the widths are at their bound, for both', async () => {
    for (const tab of [ann, bob]) {
      const [left = 0, right = 0] = await widthsOf(tab)
      expect(Math.round((100 * left) / (left + right))).toBe(10)
    }
  })

  await columnsOf(ann).first().click()
  await ann.page.getByRole('toolbar', { name: 'Columns' }).getByRole('button', { name: 'Add column' }).click()
  await ann.typeHere('Middle')
  await until('there are three', async () => {
    for (const tab of [ann, bob]) expect(await textsOf(tab)).toEqual(['Left by Ann', 'Middle', 'Right by Bob'])
  })
  // Both take a column away without knowing of each other: no word is lost, and both see the same.
  await columnsOf(bob).nth(2).click()
  await Promise.all(
    [ann, bob].map((tab) =>
      tab.page
        .getByRole('toolbar', { name: 'Columns' })
        .getByRole('button', { name: 'Join with the column beside' })
        .click(),
    ),
  )
  await until('both have the same, and all of it', async () => {
    expect(await bob.structure()).toEqual(await ann.structure())
    for (const words of ['Left by Ann', 'Middle', 'Right by Bob']) expect(await ann.text()).toContain(words)
    for (const tab of [ann, bob]) await expect(tab.saving).toHaveText(SAVED, { timeout: 1 })
  })
})

test('at the width of a phone columns stand below each other, and the page does not scroll sideways', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.importMarkdown({
    name: 'columns.md',
    bytes:
      '<div class="columns">\n\n<div class="column" data-width="30">\n\nfirst\n\n</div>\n\n<div class="column">\n\n:::tip\nsecond\n:::\n\n</div>\n\n</div>\n',
  })
  const [left = 0, right = 0] = await widthsOf(ann)
  expect(Math.round((100 * left) / (left + right))).toBe(30)
  await ann.page.setViewportSize({ width: 390, height: 780 })
  const boxes = await columnsOf(ann).evaluateAll((columns) =>
    columns.map((column) => column.getBoundingClientRect().toJSON() as DOMRect),
  )
  expect(boxes[1]!.top).toBeGreaterThanOrEqual(boxes[0]!.bottom)
  expect(boxes[0]!.width).toBeGreaterThan(300)
  await expect(ann.page.getByRole('separator', { name: /^Width of column/ })).toHaveCount(0)
  expect(await ann.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

/** Drags the block with this text by its handle, over the middle of the text to a place; the button stays down. */
async function drag(tab: Tab, text: string, to: { x: number; y: number }): Promise<void> {
  await tab.body.getByText(text).hover()
  await tab.page.getByRole('button', { name: 'Block actions' }).hover()
  await tab.page.mouse.down()
  await tab.page.mouse.move(to.x - 150, to.y, { steps: 5 })
  await expect(tab.page.locator('.prosemirror-dropcursor-block, .prosemirror-dropcursor-inline')).toHaveCount(1)
  await tab.page.mouse.move(to.x, to.y, { steps: 5 })
}

test('a block dragged to the edge of another stands beside it, for everybody, and one step takes it back', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.importMarkdown({ name: 'a.md', bytes: 'first\n\nsecond\n\nthird\n' })
  await bob.open(documentId)
  // What comes after the text may move it.
  await expect(ann.page.getByRole('toolbar', { name: 'Formatting' })).toBeVisible()
  const asWritten = await ann.structure()
  const edgeOf = async (text: string) => {
    const { x, y, width, height } = (await ann.body.getByText(text).boundingBox())!
    return { x: x + width - 8, y: y + height / 2 }
  }
  const line = ann.page.locator('.drop-beside-line')

  await drag(ann, 'third', await edgeOf('first'))
  await expect(line).toBeVisible()
  await expect(ann.page.locator('.prosemirror-dropcursor-block, .prosemirror-dropcursor-inline')).toHaveCount(0)
  await ann.page.mouse.up()
  await expect(line).toHaveCount(0)
  await until('both see them beside each other', async () => {
    for (const tab of [ann, bob]) expect(await textsOf(tab)).toEqual(['first', 'third'])
  })
  await expect(ann.page.getByText('Selected: text, third; in column 2 of 2')).toBeAttached()

  // A third column, right of the second.
  await drag(ann, 'second', await edgeOf('third'))
  await ann.page.mouse.up()
  await until('there are three', async () => {
    for (const tab of [ann, bob]) expect(await textsOf(tab)).toEqual(['first', 'third', 'second'])
  })
  for (let times = 0; times < 2; times++) await ann.page.keyboard.press('Control+z')
  await until('all is as it was', async () => {
    for (const tab of [ann, bob]) expect(await tab.structure()).toEqual(asWritten)
  })

  // The same by keys.
  await ann.body.getByText('second').click()
  await ann.page.keyboard.press('Escape')
  await ann.page.getByRole('button', { name: 'More', exact: true }).press('Enter')
  await ann.page.getByRole('menuitem', { name: 'Put beside the block above' }).press('Enter')
  await until('they are beside each other', async () => {
    for (const tab of [ann, bob]) expect(await textsOf(tab)).toEqual(['first', 'second'])
  })
  // The text has the focus again.
  await ann.page.keyboard.press('Control+z')
  await until('all is as it was', async () => expect(await ann.structure()).toEqual(asWritten))

  // Where columns are below each other nothing goes beside anything.
  await ann.page.setViewportSize({ width: 390, height: 780 })
  await drag(ann, 'third', await edgeOf('first'))
  await expect(line).toHaveCount(0)
  await ann.page.mouse.up()
  await until('it is moved', async () => expect(await ann.structure()).not.toEqual(asWritten))
  expect(await textsOf(ann)).toEqual([])
})
