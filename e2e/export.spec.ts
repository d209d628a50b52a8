// A document taken out as a file and brought in again, by the menus people use.
import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { pngOf } from './support/pictures.ts'
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

const TEXT = `# Harbour plan

A **bold** word, a [link](https://example.org/a?b=1&c=2), ==marked==, <span data-color="red">red</span> and $x^2$.

- one
  - two
- three

1. first
2. second

- [x] done
- [ ] open

> quoted

> [!WARNING]
> Mind the gap

<details>
<summary>More</summary>

Inside

</details>

| Name | Price |
| --- | ---: |
| Tea | 3 |

\`\`\`ts
const a = 1

const b = 2
\`\`\`

$$
\\int_0^1 x\\,dx
$$
`

/** What is downloaded by this line of the menu: its name and where it is now. */
async function taken({ page }: Tab, line: RegExp, path: string): Promise<string> {
  await page.getByRole('button', { name: 'Download', exact: true }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: line }).click()
  const file = await download
  await file.saveAs(path)
  return file.suggestedFilename()
}

/** The blocks without what tells apart how they are drawn. */
async function outline(tab: Tab): Promise<string[]> {
  return (await tab.structure()).map((line) => line.replace(/\s+/g, ' ').trim()).filter((line) => line !== 'p')
}

test('a document goes out as Word, HTML, Markdown and text, and what comes in again reads the same', async ({
  openTabs,
}, testInfo) => {
  const [ann] = await openTabs({})
  await ann.importMarkdown({ name: 'plan.md', bytes: TEXT })
  await ann.title.fill('Plan: 1/2')
  await expect(ann.saving).toHaveText(SAVED)
  const before = await outline(ann)
  const path = (name: string) => testInfo.outputPath(name)

  expect(await taken(ann, /^Markdown/, path('plan.md'))).toBe('Plan 1 2.md')
  expect(await readFile(path('plan.md'), 'utf8')).toContain('> [!WARNING]\n> Mind the gap')
  expect(await taken(ann, /^Plain text/, path('plan.txt'))).toBe('Plan 1 2.txt')
  expect(await readFile(path('plan.txt'), 'utf8')).toContain('- one\n  - two\n- three\n\n1. first')
  expect(await taken(ann, /^Web page/, path('plan.html'))).toBe('Plan 1 2.html')
  expect(await taken(ann, /^Word/, path('plan.docx'))).toBe('Plan 1 2.docx')

  for (const name of ['plan.docx', 'plan.html']) {
    await ann.importMarkdown({ name, bytes: await readFile(path(name)) })
    await expect(ann.title).toHaveValue('Plan: 1/2')
    // Word has no languages of code.
    const expected = name.endsWith('.docx') ? before.map((line) => line.replace('TypeScript', 'Plain text')) : before
    await until('it reads the same', async () => expect(await outline(ann)).toEqual(expected))
    expect(await ann.body.locator('th').count()).toBe(2)
    expect(await ann.body.locator('.katex').count()).toBe(2)
    await expect(ann.body.locator('a[href="https://example.org/a?b=1&c=2"]')).toHaveText('link')
    await expect(ann.body.locator('.callout')).toHaveAttribute('data-kind', 'warning')
  }
})

test('an exported page is one file: it asks nobody for anything, runs nothing, and shows everything', async ({
  openTabs,
  cutNetwork,
}, testInfo) => {
  const [ann] = await openTabs({})
  await ann.importMarkdown({ name: 'plan.md', bytes: TEXT })
  const path = testInfo.outputPath('plan.html')
  await taken(ann, /^Web page/, path)
  const online = await readFile(path, 'utf8')
  cutNetwork(ann)
  await taken(ann, /^Web page/, path)
  expect(await readFile(path, 'utf8')).toBe(online)

  const page = await ann.context.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const wrong: string[] = []
  page.on('console', (message) => wrong.push(message.text()))
  const address = pathToFileURL(path).href
  await page.goto(address)
  expect(asked).toEqual([address])
  expect(wrong).toEqual([])
  await expect(page.getByRole('heading', { name: 'Harbour plan' }).first()).toBeVisible()
  await expect(page.getByText('Inside')).toBeVisible()
  expect(await page.locator('math').count()).toBe(2)
  expect(await page.locator('script').count()).toBe(0)
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveAttribute(
    'content',
    /^default-src 'none';/,
  )
})

test('printed, there is the title and the text, open and light, and nothing to press', async ({
  openTabs,
}, testInfo) => {
  const [ann] = await openTabs({})
  await ann.importMarkdown({ name: 'plan.md', bytes: TEXT })
  await ann.title.fill('Printed plan')
  await ann.page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await expect(ann.page.getByText('Inside')).toBeVisible()
  await expect(ann.page.getByRole('button', { name: /^(?!Kind of callout)/ }).filter({ visible: true })).toHaveCount(0)
  const title = await ann.page.locator('main').evaluate((main) => getComputedStyle(main, '::before').content)
  expect(title).toBe('"Printed plan"')

  // A text that begins with its title says it once, on the screen's heading or on paper.
  const titleOnPaper = () => ann.page.locator('main').evaluate((main) => getComputedStyle(main, '::before').content)
  await ann.page.emulateMedia({ media: 'screen' })
  await ann.title.fill('Harbour plan')
  await ann.page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await until('the title is said once', async () => expect(await titleOnPaper()).toBe('none'))
  await expect(ann.body.getByRole('heading', { name: 'Harbour plan' })).toBeVisible()
  const paper = await ann.page.pdf()
  await writeFile(testInfo.outputPath('once.pdf'), paper)
  expect(paper.toString('latin1').match(/\/Type \/Page\b/g), 'no page without a word').toHaveLength(1)
  await ann.page.emulateMedia({ media: 'screen' })
  await ann.title.fill('Printed plan')
  await ann.page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await until('it is another title again', async () => expect(await titleOnPaper()).toBe('"Printed plan"'))
  const link = await ann.body.locator('a').evaluate((a) => getComputedStyle(a, '::after').content)
  expect(link).toContain('https://example.org/a?b=1&c=2')
  await writeFile(testInfo.outputPath('plan.pdf'), await ann.page.pdf())
})

test('files that cannot be read are refused in words, and nothing is made of them', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  const refused = async (name: string, bytes: Uint8Array | string, why: RegExp) => {
    await ann.home()
    await ann.chooseImport({ name, bytes })
    await expect(ann.page.getByText(`“${name}” was not imported`)).toBeVisible()
    await expect(ann.page.getByText(why)).toBeVisible()
  }
  await refused('a.docx', 'not a zip', /It is not a Word file/)
  await refused('a.pdf', '%PDF-1.7', /A \.pdf file cannot be imported/)
  await refused('a.txt', Uint8Array.of(0xc3, 0x28), /not UTF-8/)
  await ann.home()
  await expect(ann.page.getByText('A clean desk')).toBeVisible()
})

test('what is left out of a file is said; pictures that stand in a page itself come with it', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  const picture = pngOf(64, 40).toString('base64')
  await ann.importMarkdown({
    name: 'page.html',
    bytes: `<title>From the web</title><p>Kept</p><img src="beside.png"><img src="data:image/png;base64,${picture}" alt="A quay"><img src="data:image/svg+xml;base64,AAAA">`,
  })
  await expect(ann.title).toHaveValue('From the web')
  await expect(
    ann.page.getByText('“page.html” was imported without 1 picture and 1 picture that cannot be shown here (SVG)'),
  ).toBeVisible()
  await expect(ann.body.locator('figure.image img')).toHaveAttribute('src', /^\/api\/uploads\//)
  await expect(ann.body.locator('figure.image img')).toHaveAttribute('alt', 'A quay')
  expect((await ann.text()).trim()).toBe('Kept')
})
