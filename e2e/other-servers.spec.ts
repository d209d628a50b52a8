// Pictures that stand on other servers: those are not told who reads, unless the reader says so.
import { axeFindings } from './support/axe.ts'
import { pictures } from './support/drawn-pictures.ts'
import { pngOf } from './support/pictures.ts'
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

test('pictures of other servers are asked for when the reader says so, once for each server, and by who wrote the address', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const asked: string[] = []
  for (const { page } of [ann, bob])
    await page.context().route(/\.invalid\//, (route) => {
      asked.push(new URL(route.request().url()).host)
      return route.fulfill({ contentType: 'image/png', body: pngOf(64, 40) })
    })
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.body.evaluate((text) => {
    const data = new DataTransfer()
    const pictures = ['one.invalid/a', 'one.invalid/b', 'two.invalid/c'].map((at) => `<img src="https://${at}.png">`)
    data.setData('text/html', `<p>Three.</p>${pictures.join('')}`)
    text.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  const drawn = (tab: Tab) =>
    pictures(tab).evaluateAll((all) => all.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length)
  const show = ({ page }: Tab, host: string) => page.getByRole('button', { name: `Show pictures from ${host}` })
  for (const tab of [ann, bob]) {
    await expect(show(tab, 'one.invalid')).toHaveCount(2)
    await expect(show(tab, 'two.invalid')).toHaveCount(1)
    expect(await axeFindings(tab.page, 'pictures of other servers')).toEqual([])
  }
  await expect(ann.saving).toHaveText(SAVED)
  expect(asked).toEqual([])
  await show(bob, 'one.invalid').first().click()
  await until('both of it are drawn', async () => expect(await drawn(bob)).toBe(2))
  expect(new Set(asked)).toEqual(new Set(['one.invalid']))
  await expect(show(ann, 'one.invalid')).toHaveCount(2) // each for themselves
  await bob.page.reload()
  await until('and still are', async () => expect(await drawn(bob)).toBe(2))
  await expect(show(bob, 'two.invalid')).toHaveCount(1)

  await ann.body.press('Control+End')
  await ann.typeHere('/image')
  await ann.page.getByRole('option', { name: 'Image' }).click()
  const dialog = ann.page.getByRole('dialog', { name: 'Insert an image' })
  const address = dialog.getByRole('textbox', { name: 'Or its address on the web' })
  await address.fill('notaurl')
  await dialog.getByRole('button', { name: 'Insert' }).click()
  await expect(address).toHaveAccessibleDescription(/^That is not the address of a picture on the web/)
  await address.fill('https://three.invalid/d.png')
  await dialog.getByRole('button', { name: 'Insert' }).click()
  await until('who wrote its address sees it', async () => expect(await drawn(ann)).toBe(1))
  await expect(show(bob, 'three.invalid')).toHaveCount(1)
  expect(asked.filter((host) => host === 'two.invalid')).toEqual([])
})
