// Find and replace, by keyboard.
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
