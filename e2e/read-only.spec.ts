// A document that must not be written in says why, keeps what it has, and leaves every other document alone.
import { NewerPage } from './support/newer-page.ts'
import { StoredLog } from './support/stored-log.ts'
import { SAVED } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test('a document that is damaged on the disk opens read-only as far as it can be read, and others work', async ({
  openTabs,
  cluster,
  stopNode,
  startNode,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  for (const words of ['Before the damage.', ' And after it.']) {
    await ann.type(words)
    await expect(ann.saving).toHaveText(SAVED)
  }
  await stopNode(0)
  const log = new StoredLog(cluster.databaseFile(0), documentId)
  const rows = log.length()
  log.damage(rows)
  await startNode(0)

  await bob.openReadOnly(documentId)
  await expect(bob.banner).toHaveText(/^This document is damaged after .*\. It is read-only until an administrator/)
  expect(await bob.text()).toMatch(/^Before the damage\./)
  expect(await bob.text()).not.toContain('And after it.')
  await expect(ann.banner).toHaveText(/^This document is damaged after /)
  await expect(ann.body).toHaveAttribute('contenteditable', 'false')
  expect(await ann.text()).toBe('Before the damage. And after it.') // she had it all; nothing is taken from her screen

  await bob.home()
  await bob.newDocument()
  await bob.type('All is well here.')
  await expect(bob.saving).toHaveText(SAVED)
  await bob.reload()
  expect(await bob.text()).toBe('All is well here.')
  expect(log.length()).toBe(rows)
})

/** What the older page shows: what it knows, and in place of the rest what that is called and how it begins. */
const OLDER = /^From before\.\s*Content this version cannot show: hologram\s*Only a newer page can read this\.$/

// F42 with the real editor: the page of today is the older one.
test('a page older than the document turns read-only, offers to reload, and changes nothing', async ({
  openTabs,
  cluster,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.type('From before.')
  await expect(ann.saving).toHaveText(SAVED)
  const log = new StoredLog(cluster.databaseFile(0), documentId)

  const newer = await NewerPage.open(cluster, documentId)
  try {
    const rows = log.length()
    await newer.write('Only a newer page can read this.')
    const { content } = newer

    await expect(ann.banner).toHaveText(/^This page is older than the document\./)
    await expect(ann.body).toHaveAttribute('contenteditable', 'false')
    await until('her editor shows, as what it is, what it cannot read', async () =>
      expect(await ann.text()).toMatch(OLDER),
    )
    await bob.openReadOnly(documentId) // comes late
    for (const tab of [ann, bob]) {
      await tab.body.click()
      await tab.typeHere('lost')
      await tab.page.keyboard.press('Control+z')
      const loaded = tab.page.waitForEvent('load')
      await tab.banner.getByRole('button', { name: 'Reload' }).click()
      await loaded
      await expect(tab.banner).toHaveText(/^This page is older than the document\./)
      await until('the text is back', async () => expect(await tab.text()).toMatch(OLDER))
    }
    // What this browser has stored says so too, without a word from the node.
    await ann.page.routeWebSocket(/\/live/, (socket) => socket.close())
    const loaded = ann.page.waitForEvent('load')
    await ann.banner.getByRole('button', { name: 'Reload' }).click()
    await loaded
    await expect(ann.banner).toHaveText(/^This page is older than the document\./)
    await expect(ann.body).toHaveAttribute('contenteditable', 'false')
    await newer.write('It goes on.')
    expect(newer.content).toBe(`${content}<hologram><glow>It goes on.</glow></hologram>`)
    expect(log.length()).toBe(rows + 2)
    const later = await NewerPage.open(cluster, documentId)
    expect(later.content).toBe(newer.content)
    await later.close()
  } finally {
    await newer.close()
  }
})
