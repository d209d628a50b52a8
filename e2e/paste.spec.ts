// What is pasted with its look keeps its signs: only what says nothing but how it looked is read as Markdown.
import { pngOf } from './support/pictures.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })

test('signs in what is pasted from a page stay signs, and an address in it becomes a link', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  await ann.newDocument()
  await ann.body.click()
  await ann.pasteHtml(
    '<p><b>Rates</b> of **three** stars, __init__ and `x` at https://example.com/rates today</p>',
    'Rates of **three** stars, __init__ and `x` at https://example.com/rates today',
  )
  await expect(ann.body).toHaveText('Rates of **three** stars, __init__ and `x` at https://example.com/rates today')
  await expect(ann.body.locator('strong')).toHaveText('Rates')
  await expect(ann.body.locator('a')).toHaveText('https://example.com/rates')
})

test('pictures that stand in what is pasted are uploaded, and stand there for everybody where they stood', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.body.click()
  const picture = (red: number) => `data:image/png;base64,${pngOf(40, 30, [red, 90, 90]).toString('base64')}`
  const cell = `<table><tr><td>cell</td><td><img src="${picture(2)}"></td></tr></table>`
  await ann.pasteHtml(`<p>one</p><img src="${picture(1)}" alt="A quay">${cell}<p>two</p>`, 'one two')
  for (const tab of [ann, bob]) {
    await expect(tab.body.getByRole('img', { name: 'A quay' })).toBeVisible()
    await expect(tab.body.locator('td img')).toBeVisible()
    await until('both are loaded', async () => {
      const widths = await tab.body
        .locator('img[src]')
        .evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth))
      expect(widths.filter((width) => width === 40)).toHaveLength(2)
    })
    expect(await tab.body.innerText()).toMatch(/one[^]*cell[^]*two/)
  }
  await bob.reload()
  await expect(bob.body.getByRole('img', { name: 'A quay' })).toBeVisible()
})
