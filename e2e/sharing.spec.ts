// Who may open a document: its owner decides in the Share dialog, and everybody's open tabs know at once.
import { axeFindings } from './support/axe.ts'
import { choose, closeShareDialog, PRIVATE, setGeneralAccess, setRole, shareDialog } from './support/sharing.ts'
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

const NOW = { timeout: 1 }

/** Makes an invite link and reads it where it is shown, once. */
async function makeInvite(tab: Tab): Promise<string> {
  const dialog = await shareDialog(tab)
  await dialog.getByRole('button', { name: 'Make invite link' }).click()
  return dialog.getByRole('textbox', { name: 'Invite link' }).inputValue()
}

const ALL_EDIT = 'Anybody with the address can edit'

async function named(tab: Tab, name: string): Promise<void> {
  await tab.home()
  await tab.changeName(name)
}

test.describe('two nodes', () => {
  test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

  test('a lower role turns an open tab on another node read-only, and what it could not send is offered as a copy', async ({
    openTabs,
    cutNetwork,
    restoreNetwork,
  }) => {
    const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
    await named(ann, 'Ann')
    await named(bob, 'Bob')
    const documentId = await ann.newDocument()
    await ann.type('Together.')
    await bob.open(documentId)
    await setRole(ann, 'Bob', 'Can edit')
    await setGeneralAccess(ann, PRIVATE)
    await setRole(ann, 'Bob', 'Can view')
    await expect(bob.banner).toHaveText(/^You can read this document/)
    await expect(bob.body).toHaveAttribute('contenteditable', 'false')

    await setRole(ann, 'Bob', 'Can edit')
    await expect(bob.body).toHaveAttribute('contenteditable', 'true')
    cutNetwork(bob)
    await bob.type(' Typed on the train.')
    await setRole(ann, 'Bob', 'Can view')
    restoreNetwork(bob)
    await expect(bob.page.getByRole('heading', { name: /^You can read this document now/ })).toBeVisible()
    await expect(bob.page.getByRole('alert')).toContainText('Ask Ann')
    const copy = bob.page.getByRole('region', { name: 'Your unsaved changes' })
    await copy.getByRole('button', { name: 'Open as a new document' }).click()
    await closeShareDialog(ann)
    await until('the copy is a document of his own', async () => {
      await expect(bob.body).toHaveAttribute('contenteditable', 'true', NOW)
      expect(await bob.text()).toBe('Together. Typed on the train.')
    })
    expect(await ann.text()).toBe('Together.')
    await bob.openReadOnly(documentId)
    expect(await bob.text()).toBe('Together.')
  })

  test('who has no access asks for it, and the document opens by itself when its owner lets them in; a reader asks to edit', async ({
    openTabs,
  }) => {
    const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
    await named(ann, 'Ann')
    await named(bob, 'Bob')
    const documentId = await ann.newDocument()
    await ann.type('Ours.')
    await setGeneralAccess(ann, PRIVATE)
    await closeShareDialog(ann)
    await bob.page.goto(`/d/${documentId}`)
    const asking = bob.page.getByRole('region', { name: 'Ask for access' })
    await choose(bob, asking.getByRole('button', { name: /^What you ask for/ }), 'To view')
    await asking.getByRole('button', { name: 'Ask for access' }).click()
    await expect(asking.getByRole('status')).toHaveText('You asked to view this document')
    expect(await axeFindings(bob.page, 'having asked')).toEqual([])

    await expect(ann.page.getByRole('button', { name: 'Share: 1 person asks for access' })).toBeVisible()
    const asked = (await shareDialog(ann)).getByRole('region', { name: 'Asking for access' })
    await expect(asked).toContainText('Guest on one device, asks to view')
    expect(await axeFindings(ann.page, 'being asked')).toEqual([])
    await choose(ann, asked.getByRole('button', { name: /^Let Bob in/ }), 'Can view')
    await expect(asked).toBeHidden()
    await until('the document is there', async () => expect(await bob.text()).toBe('Ours.'))
    await expect(bob.banner).toHaveText(/^You can read this document/)

    await bob.banner.getByRole('button', { name: 'Ask to edit' }).click()
    await expect(bob.banner).toContainText('You asked to edit this document')
    await expect(asked).toContainText('asks to edit')
    await asked.getByRole('button', { name: 'Decline what Bob asks for' }).click()
    await bob.banner.getByRole('button', { name: 'Ask to edit' }).click()
    await asked.getByRole('button', { name: 'Let Bob edit' }).click()
    await expect(bob.body).toHaveAttribute('contenteditable', 'true')
    await closeShareDialog(ann)
    await bob.type(' And mine.')
    await expect(ann.body).toContainText('And mine.')
  })

  test('who is removed is out at once, keeps what was not sent, and cannot come back until they are let in again', async ({
    openTabs,
    cutNetwork,
    restoreNetwork,
  }) => {
    const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
    await named(ann, 'Ann')
    await named(bob, 'Bob')
    const documentId = await ann.newDocument()
    await ann.type('Ours.')
    await bob.open(documentId)
    cutNetwork(bob)
    await bob.type(' His alone.')
    await setRole(ann, 'Bob', 'Remove…')
    const ask = ann.page.getByRole('alertdialog', { name: 'Remove Bob?' })
    await expect(ask).toContainText('General access stays as it is')
    await ask.getByRole('button', { name: 'Remove' }).click()
    await expect((await shareDialog(ann)).getByRole('region', { name: 'Removed' })).toContainText('Bob')
    restoreNetwork(bob)
    await expect(bob.page.getByRole('heading', { name: 'You no longer have access to this document' })).toBeVisible()
    await expect(bob.page.getByRole('region', { name: 'Your unsaved changes' })).toBeVisible()

    await bob.page.goto(`/d/${documentId}`) // the address lets anybody in, but not Bob
    await expect(bob.page.getByRole('heading', { name: 'You have no access to this document' })).toBeVisible()
    await bob.page.goto(await makeInvite(ann))
    await expect(bob.page.getByRole('heading', { name: 'You have no access to this document' })).toBeVisible()
    await bob.home()
    await expect(bob.page.getByRole('region', { name: 'Your unsaved changes' }).first()).toBeVisible()
    await expect(bob.page.getByRole('list', { name: 'Documents' })).toHaveCount(0)

    await ann.page.getByRole('button', { name: 'Let Bob in again' }).click()
    await until('it is in his list again', () =>
      expect(bob.page.getByRole('list', { name: 'Documents' })).toBeVisible(NOW),
    )
    await bob.open(documentId)
    expect(await bob.text()).toBe('Ours.')
  })

  test('a document that only some may open is opened by an invite link, until that is revoked', async ({
    openTabs,
  }) => {
    const [ann, carl, dora] = await openTabs({ node: 0 }, { node: 1 }, { node: 1 })
    await named(ann, 'Ann')
    await named(carl, 'Carl')
    const documentId = await ann.newDocument()
    await ann.type('By invitation.')
    await setGeneralAccess(ann, PRIVATE)
    await carl.page.goto(`/d/${documentId}`)
    await expect(carl.page.getByRole('heading', { name: 'You have no access to this document' })).toBeVisible()
    await expect(carl.page.getByRole('alert')).not.toContainText('Ann')

    const invite = await makeInvite(ann)
    await carl.page.goto(invite)
    await until('Carl can write in it', () => expect(carl.body).toHaveAttribute('contenteditable', 'true', NOW))
    expect(new URL(carl.page.url()).hash).toBe('')
    const dialog = await shareDialog(ann)
    await expect(dialog.getByRole('region', { name: 'People with a role' })).toContainText('Carl')
    await expect(dialog.getByRole('list', { name: 'Invite links' })).toContainText('used by 1 person')

    await dialog.getByRole('button', { name: /^Revoke the invite link/ }).click()
    await expect(dialog.getByRole('list', { name: 'Invite links' })).toHaveCount(0)
    await dora.page.goto(invite)
    await expect(dora.page.getByRole('heading', { name: 'You have no access to this document' })).toBeVisible()
    await expect(dora.page.getByText('This invite link does not open the document')).toBeVisible()
    await carl.type(' Carl stays.')
    await expect(carl.saving).toHaveText(SAVED)

    // Everybody who may open it may know whose it is; only the owner can change anything.
    const seen = await shareDialog(carl)
    await expect(seen).toContainText('Ann owns this document and decides who may open it')
    await expect(seen.getByText(PRIVATE)).toBeVisible()
    await expect(seen.getByRole('button', { name: /^(General access|What .* may do|Make invite)/ })).toHaveCount(0)
    await closeShareDialog(carl)
    await closeShareDialog(ann)
    await setGeneralAccess(ann, ALL_EDIT)
    await dora.open(documentId)
    await setGeneralAccess(ann, PRIVATE)
    await expect(dora.page.getByRole('heading', { name: 'You no longer have access to this document' })).toBeVisible()
  })
})

test('all of it works by keyboard and on a narrow screen, and a document can be handed on', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({}, {})
  await named(ann, 'Ann')
  await named(bob, 'Bob')
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.page.setViewportSize({ width: 390, height: 780 })
  const share = ann.page.getByRole('button', { name: 'Share', exact: true })
  await share.focus()
  await ann.page.keyboard.press('Enter')
  const dialog = ann.page.getByRole('dialog', { name: /^Share / })
  await expect(dialog).toBeVisible()
  const box = await dialog.boundingBox()
  expect(box && box.x >= 0 && box.x + box.width <= 390).toBe(true)
  await makeInvite(ann)
  for (const colorScheme of ['light', 'dark'] as const) {
    await ann.page.emulateMedia({ colorScheme })
    expect(await axeFindings(ann.page, `the Share dialog, narrow, ${colorScheme}`)).toEqual([])
  }
  const role = dialog.getByRole('button', { name: 'What Bob may do: Give a role' })
  await role.focus()
  await ann.page.keyboard.press('Enter')
  await expect(ann.page.getByRole('menuitemradio', { name: 'Can edit' })).toBeFocused()
  await ann.page.keyboard.press('Enter')
  const given = dialog.getByRole('button', { name: 'What Bob may do: Can edit' })
  await expect(given).toBeVisible()
  await choose(ann, given, 'Make owner…')
  await ann.page.getByRole('alertdialog').getByRole('button', { name: 'Make owner' }).click()
  await expect(dialog).toContainText('Bob owns this document and decides who may open it')
  await ann.page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(share).toBeFocused()
  await expect((await shareDialog(bob)).getByRole('button', { name: /^General access: / })).toBeVisible()
})

test('who is suspended from the server is told so, is no other guest instead, and has everything back afterwards', async ({
  openTabs,
  cluster,
}) => {
  const [ann] = await openTabs({})
  await named(ann, 'Ann')
  const documentId = await ann.newDocument()
  await ann.type('Mine.')
  await expect(ann.saving).toHaveText(SAVED)
  const [userId = ''] = (await cluster.cli('people', `--document=${documentId}`)).split('\t')
  await cluster.cli('suspend', userId)
  // Her logins end and her roles do: which of the two the page hears of first is chance.
  await expect(ann.page.getByRole('heading', { name: /^You are signed out$|^You no longer have access/ })).toBeVisible()
  await ann.page.reload()
  await expect(ann.page.getByRole('heading', { name: 'You cannot come in' })).toBeVisible()
  await expect(ann.page.getByRole('alert')).toContainText('This account was suspended')
  await cluster.cli('unsuspend', userId)
  await ann.page.getByRole('button', { name: 'Try again' }).click()
  await until('her document is hers again', async () => {
    await expect(ann.body).toHaveAttribute('contenteditable', 'true', NOW)
    expect(await ann.text()).toBe('Mine.')
  })
})
