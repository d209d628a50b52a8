// A table as people work on it: its rows and columns moved while others write, and the bar beside it.
import type { Locator } from '@playwright/test'
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

const PLAN = `The line above the table, which somebody wants to read while it is filled in, and is two lines long as such lines are.

| Name | City | Since |
| - | - | - |
| Ana | Lisbon | 2019 |
| Ben | Lagos | 2020 |
| Chloe | Lyon | 2021 |

The line below the table, which somebody wants to read as well, and which is two lines long for the same reason as that one.
`

const TALL = `| Name | City |
| - | - |
${Array.from({ length: 40 }, (_, row) => `| Row ${row} | Lagos |`).join('\n')}

${'The lines below.\n\n'.repeat(40)}`

const rowsOf = ({ body }: Tab): Promise<string[]> =>
  body.locator('tr').evaluateAll((rows) =>
    rows.map((row) => {
      const plain = row.cloneNode(true) as HTMLElement
      for (const caret of plain.querySelectorAll('.remote-caret')) caret.remove()
      return [...plain.children].map(({ textContent }) => textContent.trim()).join(' ')
    }),
  )

async function bothHave(tabs: readonly Tab[], rows: readonly string[]): Promise<void> {
  await until('both have the same rows, and they are saved', async () => {
    for (const tab of tabs) {
      expect(await rowsOf(tab)).toEqual(rows)
      await expect(tab.saving).toHaveText(SAVED, { timeout: 1 })
    }
  })
}

test('a row and a column are moved, by keys and by the bar, and what somebody else types in them meanwhile is kept', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const bobsName = await bob.name()
  const documentId = await ann.importMarkdown({ name: 'plan.md', bytes: PLAN })
  await bob.open(documentId)
  await bob.body.getByText('Chloe').click()
  await bob.page.keyboard.press('End')
  await expect(ann.caretOf(bobsName)).toHaveCount(1)

  await ann.body.getByText('Lyon').click()
  await ann.page.keyboard.press('End')
  // Bob's letters are on their way to her, and her move to him.
  await Promise.all([bob.typeHere(' Martin, since 2021'), ann.page.keyboard.press('Alt+Shift+ArrowUp')])
  await ann.typeHere('!')
  const moved = ['Name City Since', 'Ana Lisbon 2019', 'Chloe Martin, since 2021 Lyon! 2021', 'Ben Lagos 2020']
  await bothHave([ann, bob], moved)

  await ann.page.keyboard.press('Alt+Shift+ArrowRight')
  const told = ann.page.getByRole('status').filter({ hasText: 'Moved right: column, City; 3 of 3' })
  await expect(told).toHaveCount(1)
  await ann.typeHere('!')
  const turned = ['Name Since City', 'Ana 2019 Lisbon', 'Chloe Martin, since 2021 2021 Lyon!!', 'Ben 2020 Lagos']
  await bothHave([ann, bob], turned)

  // What is not possible stays, and says why.
  await ann.page.keyboard.press('Alt+Shift+ArrowRight')
  await expect(ann.page.getByText('This is the last column.')).toBeVisible()
  const bar = ann.page.getByRole('toolbar', { name: 'Table' })
  await expect(bar.getByRole('button', { name: 'Move column right' })).toHaveAccessibleDescription(
    'This is the last column',
  )
  await bar.getByRole('button', { name: 'Move column left' }).click()
  await bothHave([ann, bob], [moved[0]!, moved[1]!, 'Chloe Martin, since 2021 Lyon!! 2021', moved[3]!])

  await ann.page.keyboard.press('Control+z')
  await bothHave([ann, bob], turned)
  await bob.page.reload()
  await bothHave([ann, bob], turned)
})

test('the bar covers nothing of the text where the page has room beside it', async ({ openTabs }) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.page.setViewportSize({ width: 1280, height: 800 })
  await ann.importMarkdown({ name: 'plan.md', bytes: PLAN })
  const boxOf = async (part: Locator) => (await part.boundingBox())!
  const bar = ann.page.getByRole('toolbar', { name: 'Table' })
  const text = await boxOf(ann.body)
  await ann.body.getByText('Lagos').click()
  await expect(bar).toBeVisible()
  expect(await boxOf(ann.body)).toEqual(text)
  await until('it is right of the text', async () =>
    expect((await boxOf(bar)).x).toBeGreaterThanOrEqual(text.x + text.width),
  )
  const { x, width } = await boxOf(bar)
  expect(x + width).toBeLessThanOrEqual(1280)
  await ann.page.setViewportSize({ width: 390, height: 800 })
  const table = ann.body.locator('table')
  await until('on a narrow page it is below the table', async () => {
    const [below, above] = [await boxOf(bar), await boxOf(table)]
    expect(below.y).toBeGreaterThanOrEqual(above.y + above.height)
    expect(below.x + below.width).toBeLessThanOrEqual(390)
  })
})

test('on a phone the bar of a table that is taller than the screen stays in sight, and leaves the caret free', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.page.setViewportSize({ width: 390, height: 844 })
  await ann.importMarkdown({ name: 'tall.md', bytes: TALL })
  const edgesOf = async (part: Locator) => {
    const { y, height } = (await part.boundingBox())!
    return { top: y, bottom: y + height }
  }
  const bar = ann.page.getByRole('toolbar', { name: 'Table' })
  const row = ann.body.getByText('Row 15', { exact: true })
  const bringTo = (place: number) =>
    row.evaluate((cell, top) => window.scrollBy(0, cell.getBoundingClientRect().top - top), place)
  await row.click()
  await bringTo(400)
  await until('it is at the lower edge', async () => {
    const { top, bottom } = await edgesOf(bar)
    expect(top).toBeGreaterThan((await edgesOf(row)).bottom)
    expect(bottom).toBeLessThanOrEqual(844)
  })
  await bringTo(790)
  await until('it is above the caret, below the bars of the page', async () => {
    const { top, bottom } = await edgesOf(bar)
    expect(bottom).toBeLessThanOrEqual((await edgesOf(row)).top)
    expect(top).toBeGreaterThanOrEqual(96)
  })
  await bar.getByRole('button', { name: 'Insert row below' }).click()
  await expect(ann.body.locator('tr')).toHaveCount(42)

  const table = ann.body.locator('table')
  await table.evaluate((drawn) => window.scrollBy(0, drawn.getBoundingClientRect().bottom - 400))
  await until('it is below the table', async () =>
    expect((await edgesOf(bar)).top).toBeGreaterThanOrEqual((await edgesOf(table)).bottom),
  )
  await table.evaluate((drawn) => window.scrollBy(0, drawn.getBoundingClientRect().bottom + 300))
  await expect(bar).toBeHidden()
})

test('in a list in a cell Tab indents at the beginning of an item, and else goes to the next cell', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.newDocument()
  await ann.pasteHtml(
    '<table><tr><td><ul><li><p>pack</p></li><li><p>tent</p></li></ul></td><td><p>Ana</p></td></tr></table>',
    'pack tent Ana',
  )
  const nested = ann.body.locator('td li li')
  await ann.body.getByText('tent').click()
  await ann.page.keyboard.press('Home')
  await ann.page.keyboard.press('Tab')
  await expect(nested).toHaveText('tent')
  await ann.page.keyboard.press('Shift+Tab')
  await expect(nested).toHaveCount(0)
  await ann.page.keyboard.press('End')
  await ann.page.keyboard.press('Tab')
  await ann.typeHere('Ben')
  await until('it is in the next cell', async () => expect(await rowsOf(ann)).toEqual(['packtent Ben']))
})

test('what is selected from a line into a table empties the cells when it is typed over, and no row loses one', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  await bob.open(await ann.importMarkdown({ name: 'plan.md', bytes: PLAN }))
  await ann.body.getByText('somebody wants to read while').click()
  await ann.page.keyboard.press('Control+Home')
  const into = (await ann.body.getByText('Lagos').boundingBox())!
  await ann.page.keyboard.down('Shift')
  await ann.page.mouse.click(into.x + into.width - 2, into.y + into.height / 2)
  await ann.page.keyboard.up('Shift')
  await ann.typeHere('Anew')
  await bothHave([ann, bob], ['  ', '  ', '  2020', 'Chloe Lyon 2021'])
  await expect(ann.body.locator('p').first()).toHaveText('Anew')
  await ann.page.keyboard.press('Control+z')
  await bothHave([ann, bob], ['Name City Since', 'Ana Lisbon 2019', 'Ben Lagos 2020', 'Chloe Lyon 2021'])
})
