// What the list of documents says of the connection, and of what is on this device.
import { OFFLINE, SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

/** Of a document in the list. */
async function idOf(tab: Tab, title: string): Promise<string> {
  return (await tab.listed(title).getAttribute('href'))?.split('/').at(-1) ?? ''
}

test('offline, home says so and which documents have work that was not sent; in every tab that goes once it was, whichever tab sent it', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann] = await openTabs({})
  for (const title of ['Sent', 'Diary']) {
    await ann.newDocument()
    await ann.title.fill(title)
    await expect(ann.saving).toHaveText(SAVED)
    await ann.home()
  }
  const [atHome] = await openTabs({ sameBrowserAs: ann })
  await atHome.home()
  const mark = (tab: typeof ann) => tab.page.getByText('Not sent yet')
  const note = (tab: typeof ann) => tab.page.getByText(/^Offline\. This is the list kept on this device/)
  const rowOf = (tab: typeof ann, title: string) => tab.page.getByRole('listitem').filter({ hasText: title })
  await ann.listed('Diary').click()
  await ann.type('Before. ')
  await expect(ann.saving).toHaveText(SAVED)
  await expect(note(atHome)).toHaveCount(0)

  cutNetwork(ann)
  await expect(ann.saving).toHaveText(OFFLINE)
  await ann.type('In the tunnel.')
  await ann.page.getByRole('link', { name: 'Back to your documents' }).click()
  for (const tab of [ann, atHome]) {
    await expect(note(tab)).toBeVisible()
    await expect(rowOf(tab, 'Diary').getByText('Not sent yet')).toBeVisible()
    await expect(mark(tab)).toHaveCount(1)
  }
  await expect(atHome.page.getByText('The connection is lost. This is the list kept on this device.')).toBeAttached()

  restoreNetwork(ann)
  for (const tab of [ann, atHome]) {
    await expect(note(tab)).toHaveCount(0)
    await expect(mark(tab)).toHaveCount(0)
  }
  await expect(atHome.page.getByText('Connected again.')).toBeAttached()
  const [bob] = await openTabs({})
  await bob.open(await idOf(ann, 'Diary'))
  await until('it was sent', async () => expect(await bob.text()).toBe('Before. In the tunnel.'))
})

test('a document without a title is told from the others by its first words, where this device knows them', async ({
  openTabs,
}) => {
  const [ann] = await openTabs({})
  await ann.newDocument()
  await ann.type('Milk, bread and tea')
  await expect(ann.saving).toHaveText(SAVED)
  await ann.page.getByRole('link', { name: 'Back to your documents' }).click()
  await expect(ann.listed('Untitled Milk, bread and tea')).toBeVisible()
  await ann.page.reload()
  await ann.listed('Untitled Milk, bread and tea').click()
  await ann.title.fill('Shopping')
  await expect(ann.saving).toHaveText(SAVED)
  await ann.page.getByRole('link', { name: 'Back to your documents' }).click()
  await expect(ann.listed('Shopping')).toBeVisible() // nothing more: its title says what it is
})
