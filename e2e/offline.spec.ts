// What a browser keeps, and what it says when it cannot.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { OwnBrowser } from './support/own-browser.ts'
import { OFFLINE, SAVED } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

/** Chromium writes cookies to the disk every 30 s: somebody who came just before the crash would be somebody new after it. */
const COOKIES_KEPT_MS = 31_000
const CANNOT_KEEP = /This browser cannot keep/

let profile: string
let own: OwnBrowser | undefined
test.beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'tandem-profile-'))
})
test.afterEach(async () => {
  await own?.close().catch(() => undefined) // killed already
  own = undefined
  rmSync(profile, { recursive: true, force: true })
})

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => String((from + index) % 10)).join('')

// F34
test('kill -9 of the browser with 500 characters typed offline: all but the last moment’s are there, and sent', async ({
  cluster,
  openTabs,
}) => {
  test.setTimeout(150_000)
  const start = () => OwnBrowser.start({ profile, publicUrl: cluster.publicUrl, port: cluster.portOf(0) })
  own = await start()
  const ann = await own.tab()
  const documentId = await ann.newDocument()
  await ann.type('#')
  await expect(ann.saving).toHaveText(SAVED)
  await wait(COOKIES_KEPT_MS)
  own.line.cut()
  await expect(ann.saving).toHaveText(OFFLINE)
  await ann.type(numbered(0, 500))
  await wait(250) // the bar: what is older than this must not be lost
  await own.kill()

  own = await start()
  const again = await own.tab()
  await again.open(documentId)
  await until('the text is there', async () => expect(await again.text()).toBe(`#${numbered(0, 500)}`))
  await expect(again.saving).toHaveText(SAVED)
  const [bob] = await openTabs({})
  await bob.open(documentId)
  await until('it was sent', async () => expect(await bob.text()).toBe(`#${numbered(0, 500)}`))
})

test('what was typed offline is sent when the connection is back, whichever page is open then, and after the tab is gone', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.type('Begun. ')
  await bob.open(documentId)
  cutNetwork(ann)
  await expect(ann.saving).toHaveText(OFFLINE)
  await ann.type('In the tunnel. ')
  await ann.title.fill('Journey')
  await ann.page.getByRole('link', { name: 'Back to your documents' }).click()
  await ann.page.waitForURL('/')
  await expect(ann.listed('Journey')).toBeVisible()
  await expect(ann.page.getByText('Not sent yet')).toBeVisible()
  await wait(2_000) // longer than a document that was left is kept open
  await expect(bob.title).not.toHaveValue('Journey')
  restoreNetwork(ann)
  await expect(bob.title).toHaveValue('Journey')
  await expect(ann.page.getByText('Not sent yet')).toHaveCount(0)
  await until('Bob has it', async () => expect(await bob.text()).toContain('In the tunnel.'))

  await ann.open(documentId)
  cutNetwork(ann)
  await expect(ann.saving).toHaveText(OFFLINE)
  await ann.type('And the next.')
  await wait(250)
  const home = await ann.context.newPage()
  await ann.page.close()
  restoreNetwork(ann)
  await home.goto('/')
  await until('Bob has that, too', async () => expect(await bob.text()).toContain('And the next.'))
})

// F30
test('a browser that slept longer than its place in the room was kept is synced when it wakes, both ways', async ({
  cluster,
  openTabs,
}) => {
  test.setTimeout(150_000)
  own = await OwnBrowser.start({ profile, publicUrl: cluster.publicUrl, port: cluster.portOf(0) })
  const ann = await own.tab()
  const documentId = await ann.newDocument()
  const [bob] = await openTabs({})
  await bob.open(documentId)
  own.line.cut()
  await expect(ann.saving).toHaveText(OFFLINE)
  await ann.type('Typed before the lid was closed. ')
  own.signal('SIGSTOP')
  await bob.type('Typed meanwhile. ')
  await expect(bob.peopleHere).toHaveCount(1, { timeout: 40_000 })
  own.line.restore()
  own.signal('SIGCONT')
  await expect(ann.saving).toHaveText(SAVED)
  await until('both have both', async () => {
    for (const tab of [ann, bob]) expect(await tab.text()).toMatch(/(?=.*before the lid)(?=.*meanwhile)/s)
  })

  // The same for a tab that the browser itself freezes.
  const debug = await ann.context.newCDPSession(ann.page)
  await debug.send('Page.setWebLifecycleState', { state: 'frozen' })
  await bob.type('While it was frozen.')
  await debug.send('Page.setWebLifecycleState', { state: 'active' })
  await until('the frozen tab has it', async () => expect(await ann.text()).toContain('While it was frozen.'))
})

async function isSaid(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: CANNOT_KEEP })).toBeVisible()
}

// F36
/** Noticed with the first thing that is to be kept. */
const OVER_QUOTA = 'every write is over the quota'
const REFUSALS = {
  'private mode refuses IndexedDB': () => {
    indexedDB.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  },
  'IndexedDB never answers': () => {
    indexedDB.open = () => ({ addEventListener: () => undefined, removeEventListener: () => undefined }) as never
  },
  [OVER_QUOTA]: () => {
    const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function refused(this: IDBObjectStore, ...record: Parameters<typeof put>) {
      const request = put.apply(this, record)
      this.transaction.abort()
      return request
    }
  },
}
for (const [name, refuse] of Object.entries(REFUSALS)) {
  test(`${name}: it is said, online work is saved, and leaving asks only while something is unsaved`, async ({
    openTabs,
    cutNetwork,
    restoreNetwork,
  }) => {
    const [ann, bob] = await openTabs({}, {})
    const documentId = await bob.newDocument()
    await ann.page.addInitScript(refuse)
    await ann.open(documentId)
    if (refuse !== REFUSALS[OVER_QUOTA]) await isSaid(ann.page)
    await ann.type('Written where nothing is kept. ')
    await isSaid(ann.page)
    await until('Bob has it', async () => expect(await bob.text()).toBe('Written where nothing is kept. '))
    await expect(ann.page.getByRole('status').filter({ hasText: /^Saved\. This browser cannot keep/ })).toBeVisible()

    let asked = 0
    ann.page.on('dialog', (dialog) => {
      asked += 1
      void dialog.dismiss() // stays
    })
    cutNetwork(ann)
    await expect(ann.page.getByRole('status').filter({ hasText: /^Offline\. This browser cannot keep/ })).toBeVisible()
    await ann.type('Unsaved.')
    await ann.page.close({ runBeforeUnload: true })
    await until('it has asked', () => asked === 1)
    restoreNetwork(ann)
    await until('Bob has that, too', async () => expect(await bob.text()).toContain('Unsaved.'))
    await expect(ann.page.getByRole('status').filter({ hasText: /^Saved\./ })).toBeVisible()
    const closed = ann.page.waitForEvent('close')
    await ann.page.close({ runBeforeUnload: true })
    await closed
    expect(asked).toBe(1)
  })
}

// F35
test('a malformed record is passed over: the others, other documents and the log are as they were', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.type('On the server. ')
  await expect(ann.saving).toHaveText(SAVED)
  await bob.open(documentId)
  cutNetwork(ann)
  await expect(ann.saving).toHaveText(OFFLINE)
  await ann.type('Kept here only. ')
  await expect(ann.saving).toHaveText(OFFLINE)
  await ann.page.evaluate(spoilRecords, documentId)
  await ann.page.close({ runBeforeUnload: false })
  restoreNetwork(ann)

  const [again] = await openTabs({ sameBrowserAs: ann })
  await again.open(documentId)
  await expect(again.saving).toHaveText(SAVED)
  for (const tab of [again, bob])
    await until('what was well is there', async () => expect(await tab.text()).toBe('On the server. Kept here only. '))
})

/** In the page: beside what is kept of a document, records as a broken disk or a stranger would leave them. */
async function spoilRecords(documentId: string): Promise<void> {
  for (const { name = '' } of await indexedDB.databases()) {
    if (!name.startsWith('tandem:')) continue
    const opened = indexedDB.open(name)
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opened.addEventListener('success', () => resolve(opened.result))
      opened.addEventListener('error', () => reject(opened.error ?? new Error('No database.')))
    })
    const transaction = database.transaction(['updates', 'unsent', 'copies'], 'readwrite')
    const done = new Promise((resolve) => transaction.addEventListener('complete', resolve))
    const unsent = transaction.objectStore('unsent')
    const key = { documentId, replicaId: 'a-stranger-to-this', since: 1, schemaVersion: 1 }
    unsent.put({ ...key, pushId: 1, update: new Uint8Array([255, 255, 255, 255]) })
    unsent.put({ ...key, pushId: 2, update: 'no bytes at all' })
    unsent.put({ ...key, pushId: -7, update: new Uint8Array([0, 0]) })
    transaction.objectStore('updates').add({ documentId, update: new Uint8Array([1, 1, 1]) })
    transaction.objectStore('updates').add({ documentId, update: { poison: true } })
    transaction.objectStore('copies').put({ id: 'broken', documentId: 7, whole: null })
    await done
    database.close()
  }
}

// F35
test('the files of IndexedDB are damaged or gone: the text comes from the server, and can be written in', async ({
  cluster,
}) => {
  test.setTimeout(150_000)
  const start = () => OwnBrowser.start({ profile, publicUrl: cluster.publicUrl, port: cluster.portOf(0) })
  own = await start()
  const ann = await own.tab()
  const documentId = await ann.newDocument()
  await ann.type('On the server.')
  await expect(ann.saving).toHaveText(SAVED)
  await own.close()
  for (const damage of ['bytes', 'files'] as const) {
    const folder = join(profile, 'Default/IndexedDB')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(log|ldb)$/.test(file))
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const path = join(folder, file)
      if (damage === 'files') rmSync(path)
      else
        writeFileSync(
          path,
          readFileSync(path).map((byte, at) => (at % 97 === 13 ? byte ^ 255 : byte)),
        )
    }
    own = await start()
    const again = await own.tab()
    await again.open(documentId)
    expect(await again.text()).toMatch(/^On the server\./)
    await again.type('.')
    await expect(again.page.getByRole('status').filter({ hasText: /^Saved/ })).toBeVisible()
    await own.close()
  }
})
