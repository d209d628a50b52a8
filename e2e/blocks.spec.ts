// What people write with, as they reach it: by the menus of the text, by keys, by pasting; together.
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

/** Nothing that the page's content security policy refuses, and nothing that breaks. */
function troublesOf({ page }: Tab): string[] {
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) troubles.push(message.text())
  })
  return troubles
}

const insert = async ({ page }: Tab, words: string) => {
  await page.keyboard.type(`/${words}`)
  await expect(page.getByRole('option').first()).toBeVisible()
  await page.keyboard.press('Enter')
}

/** What both show, however each has opened and closed it: the document itself, as Markdown. */
async function markdownOf({ page, context }: Tab): Promise<string> {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(() => navigator.clipboard.writeText(''))
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click()
  let copied = ''
  // Not by what it says for three seconds, which a slow machine may be late for.
  await until('it is on the clipboard', async () => {
    copied = await page.evaluate(() => navigator.clipboard.readText())
    return copied !== ''
  })
  return copied
}

test('two people fill a callout, a toggle, code and a table at once', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const troubles = [troublesOf(ann), troublesOf(bob)]
  const documentId = await ann.newDocument()
  await ann.body.click()
  await insert(ann, 'warning')
  await ann.typeHere('Mind')
  await ann.body.press('ArrowDown')
  await insert(ann, 'toggle')
  await ann.typeHere('More')
  await ann.body.press('Enter')
  await ann.typeHere('Inside')
  await ann.body.press('Control+End')
  await insert(ann, 'code')
  await ann.typeHere('let a = 1')
  await ann.page.getByRole('button', { name: 'Language: Plain text' }).click()
  await ann.page.getByRole('combobox', { name: 'Search languages' }).fill('types')
  await ann.page.keyboard.press('Enter')
  await ann.body.press('Control+End')
  await insert(ann, 'formula')
  await ann.page.getByRole('textbox', { name: /^Source of the formula/ }).fill('x^2')
  await ann.page.keyboard.press('Control+Enter')
  await ann.body.press('Control+End')
  await insert(ann, 'table')
  await ann.typeHere('Head')

  await bob.open(documentId)
  await until('Bob has it all', async () =>
    expect(bob.body.locator('th').first()).toContainText('Head', { timeout: 1 }),
  )
  // Bob's toggle is closed until he opens it, and that is his own business.
  await expect(bob.page.getByText('Inside')).toBeHidden()
  await bob.page.getByRole('button', { name: 'Show the content of this toggle' }).click()
  await bob.page.getByText('Inside').click()
  await bob.page.keyboard.press('End')
  await Promise.all([ann.typeHere('er'), bob.typeHere(' too')])
  await bob.body.locator('.callout p').click()
  await bob.page.keyboard.press('End')
  await Promise.all([ann.typeHere('s'), bob.typeHere(' the gap')])

  await until('both are saved and have the same', async () => {
    for (const tab of [ann, bob]) await expect(tab.saving).toHaveText(SAVED, { timeout: 1 })
    for (const { body } of [ann, bob]) {
      await expect(body.locator('.callout')).toContainText('Mind the gap', { timeout: 1 })
      await expect(body.locator('th').first()).toContainText('Headers', { timeout: 1 })
      await expect(body.locator('.hljs-keyword')).toHaveText('let', { timeout: 1 })
      await expect(body.locator('.katex')).toHaveCount(1, { timeout: 1 })
    }
  })
  const [first, second] = [await markdownOf(ann), await markdownOf(bob)]
  expect(second).toBe(first)
  expect(first).toContain('> [!WARNING]\n> Mind the gap')
  expect(first).toContain('Inside too')
  expect(first).toContain('$$\nx^2\n$$')
  expect(troubles).toEqual([[], []])
})

const EVERY_BLOCK = `# one

## two

### three

four

- five

1. six

- [ ] seven

> eight

\`\`\`
nine
\`\`\`

> [!TIP]
> ten

| eleven | y |
| --- | --- |
| twelve | z |

<div class="columns">

<div class="column">

thirteen

</div>

<div class="column">

fourteen

</div>

</div>

<div align="center">

fifteen

</div>
`
const WORDS =
  EVERY_BLOCK.match(/\b(?:[a-z]+teen|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b/g) ?? []

test('in each kind of block what two people type at once is there, once, and both see the same', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.importMarkdown({ name: 'every.md', bytes: EVERY_BLOCK })
  await bob.open(documentId)
  expect(WORDS).toHaveLength(15)
  for (const word of WORDS) {
    for (const tab of [ann, bob]) {
      await tab.body
        .getByText(new RegExp(`${word}\\b`))
        .last()
        .click()
      await tab.page.keyboard.press(tab === ann ? 'End' : 'Home')
    }
    await Promise.all([ann.typeHere('ann'), bob.typeHere('bob')])
    await until(`both have ${word}`, async () => {
      for (const tab of [ann, bob]) expect(await tab.text()).toContain(`bob${word}ann`)
    })
  }
  await until('both have all of it', async () => {
    for (const tab of [ann, bob]) {
      const text = await tab.text()
      for (const word of WORDS) expect(text).toContain(`bob${word}ann`)
      await expect(tab.saving).toHaveText(SAVED, { timeout: 1 })
    }
  })
  const [first, second] = [await markdownOf(ann), await markdownOf(bob)]
  expect(second).toBe(first)
  const expected = WORDS.reduce((text, word) => text.replace(new RegExp(`\\b${word}\\b`), `bob${word}ann`), EVERY_BLOCK)
  expect(first.replace(/\|[ -]+\|[ -]+\|/, '| --- | --- |')).toBe(expected)

  // Undo takes back one's own letters, in whichever block, and none of the other's.
  // A slow machine types so slowly that each letter is a step.
  const letters = WORDS.length * 'ann'.length
  for (let times = 0; times < letters && (await ann.text()).includes('ann'); times++) await ann.body.press('Control+z')
  await until('only Bob’s are left', async () => {
    for (const tab of [ann, bob]) {
      const text = await tab.text()
      expect(text).not.toContain('ann')
      for (const word of WORDS) expect(text).toContain(`bob${word}`)
    }
  })
})

test('what is pasted as Markdown are blocks, undone in one step, and blocks move by keys', async ({ openTabs }) => {
  const [ann] = await openTabs({ node: 0 })
  const troubles = troublesOf(ann)
  await ann.newDocument()
  await ann.body.click()
  await ann.paste('## Plan\n\n1. one\n2. two\n\n> [!TIP]\n> three')
  await expect(ann.body.locator('h2')).toHaveText('Plan')
  await expect(ann.body.locator('.callout')).toHaveText('three')
  await ann.body.locator('h2').click()
  await ann.body.press('Alt+Shift+ArrowDown')
  expect((await ann.structure()).slice(0, 2)).toEqual(['ol onetwo', 'h2 Plan'])
  await ann.body.press('Control+z')
  expect((await ann.structure()).slice(0, 2)).toEqual(['h2 Plan', 'ol onetwo'])
  await ann.body.press('Control+f')
  await ann.page.getByRole('textbox', { name: 'Find', exact: true }).fill('o')
  await expect(ann.page.getByRole('search')).toContainText('1 of 2')
  await ann.page.keyboard.press('Escape')
  await expect(ann.page.getByRole('search')).toHaveCount(0)
  expect(troubles).toEqual([])
})

test('what is chosen in the toolbar’s menu says where the next keys go', async ({ openTabs }) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.newDocument()
  await ann.type('once')
  const { page } = ann
  const more = page.getByRole('button', { name: 'More', exact: true })
  const choose = async (name: string) => {
    await more.click()
    await page.getByRole('menuitem', { name }).click()
    await expect(page.getByRole('menu')).toHaveCount(0) // going it may take the focus along
  }
  await choose('Find and replace')
  await expect(page.getByRole('textbox', { name: 'Find', exact: true })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(ann.body).toBeFocused()
  await choose('Keyboard shortcuts')
  await expect(page.getByRole('dialog').locator(':focus')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(ann.body).toBeFocused()
  await choose('Duplicate')
  await expect(ann.body).toBeFocused()
  await page.keyboard.press('Control+z')
  await until('it is undone', async () => expect(await ann.text()).toBe('once'))
  // Nothing chosen, not even in a menu of the menu.
  await more.click()
  await page.getByRole('menuitem', { name: 'Turn into' }).click()
  await expect(page.getByRole('menuitem', { name: 'Quote' })).toBeVisible()
  for (let menus = 0; menus < 2; menus++) await page.keyboard.press('Escape')
  await expect(more).toBeFocused()
})

test('at the width of a phone the menu and the bars fit', async ({ openTabs }) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.page.setViewportSize({ width: 390, height: 780 })
  await ann.newDocument()
  await ann.body.click()
  await ann.typeHere('Some words /')
  const menu = ann.page.getByRole('listbox', { name: 'Insert' })
  await expect(menu).toBeVisible()
  const box = await menu.boundingBox()
  expect(box!.x).toBeGreaterThanOrEqual(0)
  expect(box!.x + box!.width).toBeLessThanOrEqual(390)
  await ann.page.getByRole('option', { name: /^Table/ }).click()
  await expect(ann.page.getByRole('toolbar', { name: 'Table' })).toBeVisible()
  expect(await ann.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

test('a line begins on the side where its script does, and what is copied as text reads like text', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.importMarkdown({ name: 'a.md', bytes: 'שלום\n\nplain\n\n- one\n- שתיים\n' })
  const startOf = (text: string) =>
    ann.body.getByText(text).evaluate((line) => {
      const range = document.createRange()
      range.selectNodeContents(line)
      const [words, block] = [range.getBoundingClientRect(), line.getBoundingClientRect()]
      return { left: Math.round(words.left - block.left), right: Math.round(block.right - words.right) }
    })
  expect((await startOf('שלום')).right).toBe(0)
  expect((await startOf('plain')).left).toBe(0)
  expect((await startOf('שתיים')).left).toBe(0) // beside its sign
  await expect(ann.page.getByRole('toolbar', { name: 'Formatting' })).toBeVisible()
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await ann.body.press('Control+a')
  await ann.body.press('Control+c')
  expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe('שלום\n\nplain\n\n- one\n- שתיים')
})
