// What is refused is refused with words that help, and nothing else is lost for it.
import { SAVED } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test('a file that is not UTF-8 is not imported, and the message says why', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  await ann.chooseImport({ name: 'latin1.md', bytes: Buffer.from('# Caf\xe9 \xff\xfe', 'latin1') })
  await expect(ann.page.getByText('“latin1.md” was not imported')).toBeVisible()
  await expect(ann.page.getByText(/UTF-8/)).toBeVisible()
  await expect(ann.page).toHaveURL('/')
})

test('a file over the limit is not imported, and the message names the limit', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  await ann.chooseImport({ name: 'huge.md', bytes: 'All work and no play. '.repeat(300_000) })
  await expect(ann.page.getByText(/at most 5(\.0)? MB/)).toBeVisible()
})

test('a document that never was is said to be unknown', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  await ann.page.goto('/d/AAAAAAAAAAAAAAAAAAAAAA')
  await expect(ann.page.getByText('There is no such document')).toBeVisible()
  await ann.page.getByRole('link', { name: 'Go to your documents' }).click()
  await expect(ann.page.getByRole('button', { name: 'New document' })).toBeVisible()
})

test('when a document is deleted, those who write in it are told, and cannot go on unknowingly', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.title.fill('Short-lived')
  await bob.open(documentId)
  await bob.type('Bob was here.')
  await expect(bob.saving).toHaveText(SAVED)

  await ann.home()
  await ann.page.getByRole('button', { name: 'More for Short-lived' }).click()
  await ann.page.getByRole('menuitem', { name: 'Delete…' }).click()
  await ann.page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(ann.listed('Short-lived')).toHaveCount(0)

  await expect(bob.page.getByText('This document was deleted')).toBeVisible()
  await bob.page.goto(`/d/${documentId}`)
  await expect(bob.page.getByText(/There is no such document|This document was deleted/)).toBeVisible()
})

test('a title of 10 MB is refused by the server, which goes on for everybody', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await bob.open(documentId)

  const answer = await ann.page.evaluate(async (id) => {
    const response = await fetch('/trpc/documents.rename', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tandem': '1' },
      body: JSON.stringify({ documentId: id, title: 'x'.repeat(10 * 1024 * 1024) }),
    }).catch((error: unknown) => String(error))
    return typeof response === 'string' ? response : { status: response.status, text: await response.text() }
  }, documentId)
  expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('at most 300 characters') })

  await ann.title.fill('A reasonable title')
  await bob.home()
  await expect(bob.listed('A reasonable title')).toBeVisible()
})

test('a title longer than the limit cannot be typed', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  await ann.newDocument()
  await ann.title.fill('x'.repeat(1_000))
  await until('it is stored', async () => expect(ann.saving).toHaveText(SAVED, { timeout: 1 }))
  expect((await ann.title.inputValue()).length).toBe(300)
})
