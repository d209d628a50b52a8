// Find and replace, by keyboard.
import { closeShareDialog, setGeneralAccess } from './support/sharing.ts'
import { SAVED } from './support/tab.ts'
import { expect, test } from './support/test.ts'

test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })

test('after replacing, Ctrl+Z in the field takes that back, step by step, and nothing else', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  await ann.newDocument()
  await ann.type('cat one cat two cat')
  await ann.body.press('Control+f')
  const find = ann.page.getByRole('search', { name: 'Find in this document' })
  await find.getByRole('textbox', { name: 'Find' }).fill('cat')
  await find.getByRole('button', { name: 'Replace', exact: true }).click()
  await find.getByRole('textbox', { name: 'Replace with' }).fill('dog')
  await ann.page.keyboard.press('Enter')
  await expect(ann.body).toHaveText('cat one cat two dog')
  await find.getByRole('button', { name: 'All' }).click()
  await expect(ann.body).toHaveText('dog one dog two dog')
  await expect(find.getByRole('textbox', { name: 'Find' })).toBeFocused()
  await ann.page.keyboard.press('Control+z')
  await expect(ann.body).toHaveText('cat one cat two dog')
  await ann.page.keyboard.press('Control+z')
  await expect(ann.body).toHaveText('cat one cat two cat')
  await ann.page.keyboard.press('Control+z') // the field's own: nothing more was replaced
  await expect(ann.body).toHaveText('cat one cat two cat')
  await ann.page.keyboard.press('Escape')
  await expect(find).toHaveCount(0)
})

test('it is asked for wherever the focus is, also by who may only read, and once more for what is selected by then', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.type('one cat dog cat')
  const find = ann.page.getByRole('search', { name: 'Find in this document' })
  const field = find.getByRole('textbox', { name: 'Find' })
  await ann.page.getByRole('textbox', { name: 'Document title' }).press('Control+f')
  await expect(field).toBeFocused()
  await ann.page.keyboard.type('cat')
  await expect(find).toContainText('of 2')
  await ann.page.getByRole('textbox', { name: 'Document title' }).focus()
  await ann.page.keyboard.press('Control+f')
  await expect(field).toBeFocused()
  await expect(field).toHaveValue('cat')
  await ann.body.dblclick({ position: { x: 20, y: 20 } })
  const selected = await ann.page.evaluate(() => getSelection()?.toString().trim() ?? '')
  expect(selected).toBe('one')
  await ann.page.keyboard.press('Control+f')
  await expect(field).toBeFocused()
  await expect(field).toHaveValue(selected)

  await expect(ann.saving).toHaveText(SAVED)
  await setGeneralAccess(ann, 'Anybody with the address can view')
  const done = ann.page.getByRole('dialog').getByRole('button', { name: 'Done' })
  await done.press('Control+f')
  await expect(done).toBeFocused() // a dialog keeps its keys
  await closeShareDialog(ann)
  await bob.openReadOnly(documentId)
  await bob.page.keyboard.press('Control+f')
  await expect(bob.page.getByRole('search').getByRole('textbox', { name: 'Find' })).toBeFocused()
  await bob.page.keyboard.type('dog')
  await expect(bob.page.getByRole('search')).toContainText('1 of 1')
})
