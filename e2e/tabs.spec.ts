// Several tabs of one browser on one document: they share what is unsent, and see each other without a server.
import { StoredLog } from './support/stored-log.ts'
import { OFFLINE, SAVED, Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

async function sameAndSaved(...tabs: readonly Tab[]): Promise<string> {
  await until('all tabs show the same and say Saved', async () => {
    const [first, ...others] = await Promise.all(tabs.map((tab) => tab.text()))
    for (const other of others) expect(other).toBe(first)
    for (const tab of tabs) await expect(tab.saving).toHaveText(SAVED, { timeout: 1 })
  })
  return (await tabs[0]?.text()) ?? ''
}

test('two tabs without a network see each other’s text, and one of them sends for both', async ({
  openTabs,
  cluster,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const [annToo] = await openTabs({ sameBrowserAs: ann })
  const documentId = await ann.newDocument()
  await Promise.all([annToo.open(documentId), bob.open(documentId)])

  cutNetwork(ann)
  for (const tab of [ann, annToo]) await expect(tab.saving).toHaveText(OFFLINE)
  await ann.type('In the first tab. ')
  await until('the second has it', async () => expect(await annToo.text()).toBe('In the first tab. '))
  await annToo.type('On top of it, in the second. ')
  await until('the first has it', async () => expect(await ann.text()).toContain('in the second. '))
  await ann.type('And the first again.')
  expect(await bob.text()).toBe('')

  restoreNetwork(ann)
  expect(await sameAndSaved(ann, annToo, bob)).toBe(
    'In the first tab. On top of it, in the second. And the first again.',
  )
  expect(new StoredLog(cluster.databaseFile(0), documentId).replicas()).toBe(1)
})

test('the tab that sends crashes without a network: another sends what it had kept', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  const [annToo] = await openTabs({ sameBrowserAs: ann })
  await Promise.all([annToo.open(documentId), bob.open(documentId)])
  cutNetwork(ann)
  for (const tab of [ann, annToo]) await expect(tab.saving).toHaveText(OFFLINE)
  await ann.type('Typed in the tab that crashes. ')
  await annToo.type('Typed in the other.')
  const crashed = ann.page.waitForEvent('crash')
  const debug = await ann.context.newCDPSession(ann.page)
  debug.send('Page.crash').catch(() => undefined) // its renderer is gone before it can answer
  await crashed

  restoreNetwork(annToo)
  expect(await sameAndSaved(annToo, bob)).toBe('Typed in the tab that crashes. Typed in the other.')
})

// F29
test('a duplicated tab is another caret of the same person, also when one of the two was offline', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const name = await ann.name()
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.page.evaluate(() => sessionStorage.setItem('copied', 'yes'))
  const opened = ann.context.waitForEvent('page')
  await ann.page.evaluate(() => void window.open(location.href)) // takes sessionStorage along, as duplicating does
  const duplicate = new Tab(await opened, ann.line)
  await until('the duplicate is open', () => expect(duplicate.body).toHaveAttribute('contenteditable', 'true'))
  expect(await duplicate.page.evaluate(() => sessionStorage.getItem('copied'))).toBe('yes')

  const times = 30
  await Promise.all([ann.type('x'.repeat(times)), duplicate.type('y'.repeat(times)), bob.type('z'.repeat(times))])
  const text = await sameAndSaved(ann, duplicate, bob)
  for (const letter of ['x', 'y', 'z']) expect(text.split(letter)).toHaveLength(times + 1)
  await expect(bob.caretOf(name)).toHaveCount(2)
  await expect(bob.peopleHere).toHaveCount(2)
})

test('without Web Locks (plain http) each tab sends its own, and nothing is lost or doubled', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await bob.newDocument()
  await ann.context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })
  })
  await ann.open(documentId)
  const [annToo] = await openTabs({ sameBrowserAs: ann })
  await annToo.open(documentId)
  cutNetwork(ann)
  for (const tab of [ann, annToo]) await expect(tab.saving).toHaveText(OFFLINE)
  await ann.type('one')
  await annToo.type('two')
  expect(await ann.text()).toBe('one')
  restoreNetwork(ann)
  // In an empty document each tab has begun a paragraph of its own.
  const words = (await sameAndSaved(ann, annToo, bob)).split('\n').filter((line) => line !== '')
  expect(words.toSorted()).toEqual(['one', 'two'])
})
