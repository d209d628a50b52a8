// Several people in one document, on two nodes.
import { OFFLINE, SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

const count = (text: string, letter: string): number => text.split(letter).length - 1

async function sameEverywhere(tabs: readonly Tab[]): Promise<void> {
  await until('all tabs show the same and say Saved', async () => {
    const [first, ...others] = await Promise.all(tabs.map((tab) => tab.structure()))
    for (const other of others) expect(other).toEqual(first)
    for (const tab of tabs) await expect(tab.saving).toHaveText(SAVED, { timeout: 1 })
  })
}

test('three tabs on two nodes converge while typing at once', async ({ openTabs }) => {
  const [ann, bob, cyd] = await openTabs({ node: 0 }, { node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await Promise.all([bob.open(documentId), cyd.open(documentId)])

  const times = 40
  await Promise.all([ann.type('x'.repeat(times)), bob.type('y'.repeat(times)), cyd.type('z'.repeat(times))])

  await sameEverywhere([ann, bob, cyd])
  const text = await cyd.text()
  expect([count(text, 'x'), count(text, 'y'), count(text, 'z')]).toEqual([times, times, times])
})

test('letters land where the caret is, however late the browser says where it has gone', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.importMarkdown({ name: 'a.md', bytes: 'one\n\ntwo\n\nthree\n' })
  await bob.page.addInitScript((lateMs) => {
    const late = (event: Event) => {
      if (!event.isTrusted) return
      event.stopImmediatePropagation()
      setTimeout(() => document.dispatchEvent(new Event('selectionchange')), lateMs)
    }
    document.addEventListener('selectionchange', late, true)
  }, 2_000)
  await bob.open(documentId)
  const paragraph = (tab: Tab, text: string) => tab.body.locator('p', { hasText: text })
  await paragraph(ann, 'one').click()
  /** Her letter is drawn on his screen, and her caret. */
  const herLetter = async () => {
    const before = count(await bob.text(), 'x')
    await ann.typeHere('x')
    await until('he sees it', async () => expect(count(await bob.text(), 'x')).toBe(before + 1))
  }
  const places = [
    ['two', 'Home', 'two'],
    ['three', 'End', 'three'],
    ['two', 'End', 'two'],
    ['three', 'Home', 'three'],
  ] as const
  for (const [place, key, letters] of places) {
    await paragraph(bob, place).click()
    await herLetter()
    await bob.page.keyboard.press(key)
    await herLetter()
    await bob.typeHere(letters)
  }
  await paragraph(bob, 'three').click()
  await bob.page.keyboard.press('End')
  await bob.page.keyboard.press('Enter')
  await bob.typeHere('four')
  await until('both have it', async () => {
    for (const tab of [ann, bob]) {
      const [, ...others] = (await tab.text()).split('\n')
      expect(others).toEqual(['twotwotwo', 'threethreethree', 'four'])
    }
  })
})

test('the caret of one is seen by the others, with the name, and goes when its owner leaves', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const annsName = await ann.name()
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.type('Here I am')

  await expect(bob.caretOf(annsName)).toHaveCount(1)
  await expect(bob.peopleHere).toHaveCount(2)
  await expect(ann.peopleHere).toHaveCount(2)

  await ann.home()
  await expect(bob.caretOf(annsName)).toHaveCount(0)
  await expect(bob.peopleHere).toHaveCount(1)
})

test('what two people write while offline is merged when they are back', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await ann.type('Common ground.')
  await bob.open(documentId)
  await until('Bob has the text', async () => expect(await bob.text()).toBe('Common ground.'))

  for (const tab of [ann, bob]) cutNetwork(tab)
  for (const tab of [ann, bob]) await expect(tab.saving).toHaveText(OFFLINE)
  await ann.type(' Ann was on a train.')
  await bob.type(' Bob was on a plane.')
  expect(await bob.text()).not.toContain('train')

  for (const tab of [ann, bob]) restoreNetwork(tab)
  await sameEverywhere([ann, bob])
  const text = await ann.text()
  expect(text).toMatch(/^Common ground\./)
  expect(text).toContain(' Ann was on a train.')
  expect(text).toContain(' Bob was on a plane.')
})

test("undo takes back one's own edits only", async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.type('Written by Ann.')
  await until('Bob has it', async () => expect(await bob.text()).toBe('Written by Ann.'))
  await bob.type(' Written by Bob.')
  await until('Ann has it', async () => expect(await ann.text()).toBe('Written by Ann. Written by Bob.'))

  await ann.body.press('Control+z')
  await until('only Ann’s words are gone, for both', async () => {
    for (const tab of [ann, bob]) expect(await tab.text()).toBe(' Written by Bob.')
  })
  await ann.body.press('Control+z')
  await ann.body.press('Control+Shift+z')
  await until('they are back', async () => {
    for (const tab of [ann, bob]) expect(await tab.text()).toBe('Written by Ann. Written by Bob.')
  })
})

// F53 with the real editor, which also tidies up what it opens: none of that may be undone either.
test('undoing and redoing 50 times right after opening changes nothing that was there', async ({ openTabs }) => {
  const [ann, bob, cyd] = await openTabs({ node: 0 }, { node: 1 }, { node: 1 })
  const documentId = await ann.importMarkdown({
    name: 'minutes.md',
    bytes: '# Minutes\n\n- first\n- second\n\nThe end.\n',
  })
  await bob.open(documentId)
  await ann.type(' Written by Ann.')
  await until('Bob has it', async () => expect(await bob.text()).toContain('Written by Ann.'))
  const before = await ann.structure()

  await cyd.open(documentId)
  const typing = ann.type(' And more.'.repeat(5))
  await cyd.body.focus()
  for (const key of ['Control+z', 'Control+Shift+z'])
    for (let times = 0; times < 50; times++) await cyd.page.keyboard.press(key)
  await typing
  await sameEverywhere([ann, bob, cyd])
  const after = before.map((block) => block.replace('Written by Ann.', `Written by Ann.${' And more.'.repeat(5)}`))
  expect(await cyd.structure()).toEqual(after)

  await cyd.type(' Cyd.')
  for (let times = 0; times < 50; times++) await cyd.page.keyboard.press('Control+z')
  await sameEverywhere([ann, bob, cyd])
  expect(await bob.structure()).toEqual(after)
})

test('a second browser is a different person; another tab of the same browser is the same', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const [annAgain] = await openTabs({ sameBrowserAs: ann })
  expect(await annAgain.name()).toBe(await ann.name())

  await bob.changeName('Bob the Reader')
  expect(await ann.name()).not.toBe('Bob the Reader')
  const documentId = await ann.newDocument()
  await Promise.all([bob.open(documentId), annAgain.open(documentId)])
  await expect(ann.peopleHere.filter({ hasText: 'Bob the Reader' })).toHaveCount(1)
})

test('a changed name is seen by those who are in a document with its owner', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.type('Who am I?')
  const [annAtHome] = await openTabs({ sameBrowserAs: ann })

  await annAtHome.changeName('Ann Newname')
  await expect(bob.peopleHere.filter({ hasText: 'Ann Newname' })).toHaveCount(1)
  await ann.type(' Ann.')
  await expect(bob.caretOf('Ann Newname')).toHaveCount(1)
})

test('who follows somebody has their caret in view until they do something themselves', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const bobsName = await bob.name()
  const lines = Array.from({ length: 90 }, (_, index) => `line ${index}`).join('\n\n')
  const documentId = await ann.importMarkdown({
    name: 'long.md',
    bytes: `# Start\n\n${lines}\n\n## End\n\nlast words\n`,
  })
  await bob.open(documentId)
  await bob.body.getByText('Start').click()
  await expect(ann.caretOf(bobsName)).toHaveCount(1)

  await ann.peopleHere.filter({ hasText: bobsName }).getByRole('button').click()
  const following = ann.page.getByText(`Following ${bobsName}`)
  await expect(following).toBeVisible()
  await bob.body.getByText('last words').click()
  await bob.page.keyboard.press('End')
  await bob.typeHere('!')
  await expect(ann.caretOf(bobsName)).toBeInViewport()
  // Where somebody writes is said, too, once and not for every letter.
  await expect(ann.page.getByRole('status').filter({ hasText: `${bobsName} is editing section 2, End` })).toHaveCount(1)

  await ann.page.keyboard.press('Escape')
  await expect(following).toHaveCount(0)
  await expect(ann.body.locator('.selected-block')).toHaveCount(0)
  await bob.body.getByText('Start').click()
  await expect(ann.caretOf(bobsName)).not.toBeInViewport()

  const avatar = ann.peopleHere.filter({ hasText: bobsName }).getByRole('button')
  await avatar.click()
  await expect(ann.caretOf(bobsName)).toBeInViewport()
  await ann.page.mouse.move(500, 500)
  await ann.page.mouse.wheel(0, 400)
  await expect(following).toHaveCount(0)
  await avatar.click()
  await bob.home()
  await expect(ann.page.getByText(`${bobsName} is not here any more`).first()).toBeVisible()
  await expect(following).toHaveCount(0)
})
