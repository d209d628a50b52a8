// Nodes die; nothing that was Saved is lost, and nothing that was not is forgotten.
import { OFFLINE, SAVED } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.describe('two nodes behind nginx', () => {
  test.use({ shape: { nodes: 2, database: 'postgres', redis: true, nginx: true } })

  test('a node killed while somebody types loses nothing, and the tab moves to the other', async ({
    openTabs,
    cluster,
    killNode,
    startNode,
  }) => {
    const [ann, bob] = await openTabs({}, {})
    const documentId = await ann.newDocument()
    await bob.open(documentId)

    // Whichever node nginx has chosen for this document: each is killed once.
    let written = ''
    for (let node = 0; node < cluster.nodes; node++) {
      const words = `Written around the death of node ${node}. `
      await ann.body.press('Control+End')
      await Promise.all([ann.body.pressSequentially(words, { delay: 10 }), killNode(node)])
      written += words
      await expect(ann.saving).toHaveText(SAVED)
      await until('Bob reads all of it', async () => expect(await bob.text()).toBe(written))
      await startNode(node)
    }
    await ann.reload()
    expect(await ann.text()).toBe(written)
  })
})

for (const shape of [
  { nodes: 1, database: 'sqlite', redis: false },
  { nodes: 2, database: 'postgres', redis: true },
] as const) {
  test.describe(`${shape.nodes} node(s) on ${shape.database}`, () => {
    test.use({ shape })

    test('after kill -9 of everything, what was Saved is there, and what was not comes from the browser', async ({
      openTabs,
      cluster,
      killNode,
      startNode,
    }) => {
      const last = cluster.nodes - 1
      const [ann, bob] = await openTabs({ node: 0 }, { node: last })
      const documentId = await ann.newDocument()
      await bob.open(documentId)
      await ann.type('Saved before the crash.')
      await until('Bob has it', async () => expect(await bob.text()).toBe('Saved before the crash.'))
      await expect(ann.saving).toHaveText(SAVED)

      for (let node = 0; node < cluster.nodes; node++) await killNode(node)
      await expect(ann.saving).toHaveText(OFFLINE)
      await ann.type(' Typed after it. And the last words, of which some may be cut.')
      await ann.page.close() // the tab is gone too: only IndexedDB knows, all but the last few keys

      for (let node = 0; node < cluster.nodes; node++) await startNode(node)
      await until('Bob is back, with what was Saved', async () => {
        await expect(bob.saving).toHaveText(SAVED, { timeout: 1 })
        expect(await bob.text()).toBe('Saved before the crash.')
      })
      const [annAgain] = await openTabs({ sameBrowserAs: ann })
      await annAgain.open(documentId)
      await until('the unsaved words are sent', async () => {
        const text = await bob.text()
        expect(text).toContain('Saved before the crash. Typed after it.')
        expect(await annAgain.text()).toBe(text)
        await expect(annAgain.saving).toHaveText(SAVED, { timeout: 1 })
      })
    })
  })
}
