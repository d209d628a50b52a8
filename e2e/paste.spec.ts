// What is pasted with its look keeps its signs: only what says nothing but how it looked is read as Markdown.
import { expect, test } from './support/test.ts'

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
