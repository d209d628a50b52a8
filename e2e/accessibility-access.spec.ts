// axe on what people see who may not write, may not read, or whose document is damaged: it finds nothing.
import { closeShareDialog, PRIVATE, setGeneralAccess, setRole } from './support/sharing.ts'
import { StoredLog } from './support/stored-log.ts'
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test } from './support/test.ts'
import { LOOKS, Walk } from './support/walk.ts'

/** In the Share dialog, which is closed again. */
async function giveRole(tab: Tab, name: string, item: string): Promise<void> {
  await setRole(tab, name, item)
  const { page } = tab
  if (item === 'Remove…') await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  else await expect(page.getByRole('button', { name: `What ${name} may do` })).toHaveText(item)
  await closeShareDialog(tab)
}

for (const look of LOOKS) {
  test.describe(look.name, () => {
    test('who may only read, and who is out', async ({ openTabs, cutNetwork, restoreNetwork }) => {
      test.setTimeout(180_000)
      const [ann, bob] = await openTabs({}, {})
      const walk = await Walk.start(bob, look)
      const { page } = bob
      await bob.home()
      const name = await bob.name()
      await ann.home()
      const documentId = await ann.newDocument()
      await ann.type('Ours.')
      await bob.open(documentId)
      await giveRole(ann, name, 'Can edit')
      await setGeneralAccess(ann, PRIVATE)
      await closeShareDialog(ann)
      cutNetwork(bob)
      await bob.type(' Typed on the train.')
      await giveRole(ann, name, 'Can view')
      restoreNetwork(bob)
      await expect(page.getByRole('heading', { name: /^You can read this document now/ })).toBeVisible()
      await walk.see('what was not sent, kept as a copy', page.getByRole('region', { name: 'Your unsaved changes' }))
      await page.getByRole('button', { name: 'Discard…' }).click()
      await walk.see('discarding a copy', page.getByRole('alertdialog'))
      await page.keyboard.press('Escape')
      await bob.openReadOnly(documentId)
      await walk.see('read-only', bob.banner)
      await giveRole(ann, name, 'Remove…')
      await expect(page.getByRole('heading', { name: 'You no longer have access to this document' })).toBeVisible()
      await walk.see('no access any more', page.getByRole('alert'))
      await page.goto(`/d/${documentId}`)
      await walk.see('no access', page.getByRole('heading', { name: 'You have no access to this document' }))
      await bob.home()
      await walk.see('home with a copy', page.getByRole('region', { name: 'Your unsaved changes' }).first())
      expect(walk.findings).toEqual([])
    })

    test('a document that is damaged', async ({ openTabs, cluster, stopNode, startNode }) => {
      const [tab] = await openTabs({})
      const walk = await Walk.start(tab, look)
      await tab.home()
      const documentId = await tab.newDocument()
      for (const words of ['Before the damage.', ' And after it.']) {
        await tab.type(words)
        await expect(tab.saving).toHaveText(SAVED)
      }
      await stopNode(0)
      const log = new StoredLog(cluster.databaseFile(0), documentId)
      log.damage(log.length())
      await startNode(0)
      await expect(tab.banner).toHaveText(/^This document is damaged after /)
      await walk.see('damaged', tab.banner)
      expect(walk.findings).toEqual([])
    })
  })
}
