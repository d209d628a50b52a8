// axe on every screen, dialog and menu, in light and dark and at the width of a phone: it finds nothing.
import { allDrawn, pictures } from './support/drawn-pictures.ts'
import { pngOf } from './support/pictures.ts'
import { OFFLINE, SAVED } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'
import { LOOKS, Walk } from './support/walk.ts'

const EVERY_BLOCK = `# Every block

## Text

Some **bold**, *slanted*, ~~struck~~, <u>underlined</u>, \`code\`, ==marked==, <span data-color="red">red</span> and
a [link](https://example.org/a). <time datetime="2026-11-22">2026-11-22</time> and $x^2$.

- one
  - two

1. first
2. second

- [ ] open
- [x] done

> quoted

> [!NOTE]
> a note

> [!WARNING]
> a warning

<details>
<summary>A toggle</summary>

inside

</details>

| Name | Count |
| --- | --- |
| alpha | 1 |

\`\`\`ts
export const answer: number = 42 // of course
\`\`\`

$$
x = \\frac{a}{b}
$$

<div class="columns">

<div class="column">

on the left

</div>

<div class="column">

on the right

</div>

</div>

---

The last words.
`

async function homeScreens(walk: Walk): Promise<void> {
  const { tab } = walk
  const { page } = tab
  await tab.home()
  await walk.see('home, empty', page.getByRole('region', { name: 'No documents yet' }))
  const account = page.getByRole('button', { name: /^You are / })
  await walk.seeOpened('name dialog', account, page.getByRole('dialog'))
  await tab.newDocument()
  await walk.see('document, empty', tab.body)
  await tab.title.fill('Minutes of Monday')
  await expect(tab.saving).toHaveText(SAVED)
  await tab.home()
  await walk.see('home', tab.listed('Minutes of Monday'))
  const more = page.getByRole('button', { name: 'More for Minutes of Monday' })
  await walk.seeOpened('menu of a document', more, page.getByRole('menu'))
  await more.click()
  await page.getByRole('menuitem', { name: /^Delete/ }).click()
  const question = page.getByRole('alertdialog')
  await walk.see('delete dialog', question)
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(more).toBeFocused()
}

/** Documents without a title, of which one has work that was not sent. */
async function offlineHome(walk: Walk): Promise<void> {
  const { tab } = walk
  for (const words of ['Shopping for the long weekend at the lake, with everybody', 'Ideas']) {
    await tab.newDocument()
    await tab.type(words)
    await expect(tab.saving).toHaveText(SAVED)
    await tab.page.getByRole('link', { name: 'Back to your documents' }).click()
  }
  await tab.page.getByRole('link', { name: /^Untitled Ideas/ }).click()
  tab.line.cut()
  await expect(tab.saving).toHaveText(OFFLINE)
  await tab.type(' for later')
  await tab.page.getByRole('link', { name: 'Back to your documents' }).click()
  await expect(tab.page.getByText(/^Offline\. This is the list/)).toBeVisible()
  await walk.see('home, offline', tab.page.getByText('Not sent yet'))
  tab.line.restore()
  await expect(tab.page.getByText('Not sent yet')).toHaveCount(0)
}

async function openEveryBlock({ tab }: Walk): Promise<void> {
  await tab.home()
  await tab.importMarkdown({ name: 'every-block.md', bytes: EVERY_BLOCK })
  // What is drawn moves what stands below it away from the pointer.
  await until('the code is coloured and the formulas are drawn', async () => {
    await expect(tab.body.locator('.hljs-keyword').first()).toBeVisible({ timeout: 1 })
    for (const formula of ['.formula-inline .katex', '.formula-block .katex'])
      await expect(tab.body.locator(formula).first()).toBeVisible({ timeout: 1 })
  })
}

async function barScreens(walk: Walk): Promise<void> {
  const { tab } = walk
  const { page } = tab
  await openEveryBlock(walk)
  await walk.see('document with every block', tab.body)
  const bar = page.getByRole('toolbar', { name: 'Formatting' })
  for (const name of ['Text style', 'Alignment', 'More']) {
    const button = bar.getByRole('button', { name: new RegExp(`^${name}`) })
    await walk.seeOpened(`menu ${name}`, button, page.getByRole('menu'))
  }
  await walk.seeOpened('colours', bar.getByRole('button', { name: 'Colours' }), page.getByRole('dialog'))
  await walk.seeOpened('downloads', page.getByRole('button', { name: 'Download' }), page.getByRole('menu'))
  await walk.seeOpened('share dialog', page.getByRole('button', { name: /^Share/ }), page.getByRole('dialog'))
  await tab.body.getByText('The last words.').click()
  await page.keyboard.press('Control+f')
  await page.getByRole('textbox', { name: 'Find', exact: true }).fill('words')
  await walk.see('find and replace', page.getByRole('search'))
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+/')
  await walk.see('shortcut sheet', page.getByRole('dialog'))
  await page.keyboard.press('Escape')
}

async function textScreens(walk: Walk, isWide: boolean): Promise<void> {
  const { tab } = walk
  const { page } = tab
  await openEveryBlock(walk)
  if (isWide) {
    await page.getByRole('navigation', { name: 'Outline' }).getByRole('button').first().focus()
    await walk.see('outline', page.getByRole('navigation', { name: 'Outline' }))
  }
  const last = tab.body.getByText('The last words.')
  await last.click()
  await last.hover()
  await walk.seeOpened('block menu', page.getByRole('button', { name: 'Block actions' }), page.getByRole('menu'))
  await last.click()
  await tab.body.press('End')
  await tab.body.press('Enter')
  for (const [keys, name] of [
    ['/', 'slash menu'],
    [':sm', 'emoji'],
    ['@', 'mentions'],
  ] as const) {
    await tab.typeHere(keys)
    await walk.see(name, page.getByRole('listbox'))
    await page.keyboard.press('Escape')
    for (let at = 0; at < keys.length; at++) await page.keyboard.press('Backspace')
  }
  await tab.body.getByRole('link', { name: 'link' }).click()
  await walk.see('link bubble', page.getByRole('button', { name: 'Copy address' }))
  await tab.body.getByText('alpha').click()
  await walk.see('table bar', page.getByRole('toolbar', { name: 'Table' }))
  await tab.body.getByText('a note').click()
  for (const [opener, name] of [
    [/^Kind of callout: Note/, 'Kind of callout'],
    [/^Language: /, 'Language of the code'],
  ] as const) {
    const panel = page.getByRole('dialog', { name }).or(page.getByRole('menu', { name }))
    await walk.seeOpened(name, tab.body.getByRole('button', { name: opener }).first(), panel)
  }
}

async function panelScreens(walk: Walk): Promise<void> {
  const { tab } = walk
  const { page } = tab
  await openEveryBlock(walk)
  await tab.body.locator('time').first().click()
  await walk.see('date panel', page.getByRole('dialog', { name: 'Date' }))
  await page.keyboard.press('Escape')
  for (const [formula, name] of [
    [tab.body.locator('.formula-inline').first(), 'formula panel'],
    [tab.body.locator('.formula-block').first(), 'formula panel of a block'],
  ] as const) {
    // Not by its first box, which is that of the MathML beside it, for screen readers.
    await formula.click({ position: { x: 8, y: 10 } })
    await walk.see(name, page.getByRole('dialog', { name: 'Formula' }))
    await page.getByRole('textbox', { name: /^Source of the formula/ }).fill('\\frac{')
    await walk.see(`${name}, with a mistake`, page.getByRole('dialog', { name: 'Formula' }))
    await page.keyboard.press('Escape')
  }
  await tab.body.getByText('on the left').click()
  await walk.see('columns bar', page.getByRole('toolbar', { name: 'Columns' }))
  await tab.body.getByText('The last words.').click()
  await tab.body.press('End')
  await tab.body.press('Enter')
  await tab.typeHere('/image')
  await page.getByRole('option', { name: 'Image' }).click()
  await walk.see('image dialog', page.getByRole('dialog', { name: 'Insert an image' }))
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose from this device' }).click()
  await (await chooser).setFiles({ name: 'quay.png', mimeType: 'image/png', buffer: pngOf(640, 400) })
  await allDrawn(tab, 1)
  await pictures(tab).click()
  await walk.see('a picture that is selected', page.getByRole('slider', { name: 'Width of the picture' }))
  await tab.body.press('Enter')
  await walk.see('image panel', page.getByRole('dialog', { name: 'Picture options' }))
}

async function troubleScreens(walk: Walk, cut: () => void, restore: () => void): Promise<void> {
  const { tab } = walk
  const { page } = tab
  await page.goto('/d/does-not-exist-1')
  await walk.see('no such document', page.getByRole('heading', { name: 'There is no such document' }))
  await page.goto('/nowhere')
  await walk.see('no such page', page.getByRole('heading', { name: 'There is no page here' }))
  await tab.home()
  await tab.newDocument()
  cut()
  await expect(tab.saving).toHaveText(OFFLINE)
  await walk.see('offline', tab.body)
  restore()
}

for (const look of LOOKS) {
  test.describe(look.name, () => {
    test('home and its dialogs', async ({ openTabs }) => {
      const walk = await Walk.start((await openTabs({}))[0], look)
      await homeScreens(walk)
      await offlineHome(walk)
      expect(walk.findings).toEqual([])
    })

    test('the bars, their menus and dialogs', async ({ openTabs }) => {
      test.setTimeout(180_000)
      const walk = await Walk.start((await openTabs({}))[0], look)
      await barScreens(walk)
      expect(walk.findings).toEqual([])
    })

    test('the menus and panels of the text', async ({ openTabs }) => {
      test.setTimeout(180_000)
      const walk = await Walk.start((await openTabs({}))[0], look)
      await textScreens(walk, look.width > 1024)
      expect(walk.findings).toEqual([])
    })

    test('the panels of formulas, dates, columns and pictures', async ({ openTabs }) => {
      test.setTimeout(180_000)
      const walk = await Walk.start((await openTabs({}))[0], look)
      await panelScreens(walk)
      expect(walk.findings).toEqual([])
    })

    test('what went wrong', async ({ openTabs, cutNetwork, restoreNetwork }) => {
      const [tab] = await openTabs({})
      const walk = await Walk.start(tab, look)
      await troubleScreens(
        walk,
        () => cutNetwork(tab),
        () => restoreNetwork(tab),
      )
      expect(walk.findings).toEqual([])
    })
  })
}
