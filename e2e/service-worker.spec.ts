// Without a network the page opens cold, with what this device has; a new release is picked up when the person wants it.
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { buildNextRelease, NextRelease } from './support/next-release.ts'
import { OFFLINE, SAVED, Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

const A_NEWER_VERSION = 'A newer version of Tandem is ready.'

/** Resolves when the service worker controls the page and every file of its build is kept. */
async function kept(page: Page): Promise<void> {
  await until('the service worker has kept the whole build', async () => {
    const paths = await keptPaths(page)
    expect(paths).toContain('/')
    // Of what is kept later, by name: the first, and the last.
    expect(paths.some((path) => path.includes('KaTeX_AMS'))).toBe(true)
    expect(paths).toContain('/manifest.webmanifest')
    expect(await page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
  })
}

function keptPaths(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const paths: string[] = []
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const { url } of await cache.keys()) paths.push(new URL(url).pathname)
    }
    return paths
  })
}

test('killed server: the page opens cold, the text is there, what is typed is saved when the server is back', async ({
  openTabs,
  killNode,
  startNode,
}) => {
  test.setTimeout(120_000)
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.title.fill('Notes of the train')
  await ann.type('Written with a network. ')
  await expect(ann.saving).toHaveText(SAVED)
  await bob.open(documentId)
  await kept(ann.page)

  await killNode(0)
  await ann.page.close()
  const cold = new Tab(await ann.context.newPage(), ann.line)
  await cold.open(documentId)
  await expect(cold.body).toContainText('Written with a network.')
  await expect(cold.saving).toHaveText(OFFLINE)
  await cold.type('Written without one.')

  // What was never looked at before is there too: the menu, and the fonts and code of formulas.
  await cold.body.press('Control+End')
  await cold.body.press('Enter')
  await cold.typeHere('/heading')
  await expect(cold.page.getByRole('option', { name: /Heading 1/ })).toBeVisible()
  await cold.page.keyboard.press('Enter')
  await cold.typeHere('A heading in the tunnel')
  await expect(cold.body.getByRole('heading', { name: 'A heading in the tunnel' })).toBeVisible()

  await startNode(0)
  await expect(cold.saving).toHaveText(SAVED, { timeout: 40_000 })
  await expect(bob.body).toContainText('Written without one.', { timeout: 40_000 })
  await expect(bob.body.getByRole('heading', { name: 'A heading in the tunnel' })).toBeVisible()
})

test('killed server: the list shows the recent documents, and one that was never opened says so', async ({
  openTabs,
  killNode,
  startNode,
}) => {
  test.setTimeout(120_000)
  const [ann, bob] = await openTabs({}, {})
  await ann.newDocument()
  await ann.title.fill('Notes of the train')
  await expect(ann.saving).toHaveText(SAVED)
  await ann.home()
  await expect(ann.listed('Notes of the train')).toBeVisible()
  const never = await bob.newDocument()
  await kept(ann.page)

  await killNode(0)
  await ann.page.close()
  const cold = new Tab(await ann.context.newPage(), ann.line)
  await cold.home()
  await expect(cold.listed('Notes of the train')).toBeVisible()
  await cold.page.goto(`/d/${never}`)
  await expect(cold.page.getByRole('heading', { name: 'This document is not on this device' })).toBeVisible()

  await startNode(0)
  await until('it opens by itself', () => expect(cold.body).toBeVisible({ timeout: 1 }))
})

test('nothing but the files of the build is kept', async ({ openTabs, cluster }) => {
  const [ann] = await openTabs({})
  await ann.newDocument()
  await ann.type('A secret of Ann’s.')
  await expect(ann.saving).toHaveText(SAVED)
  await ann.home()
  await kept(ann.page)
  for (const path of await keptPaths(ann.page)) {
    expect(path).toMatch(/^\/($|assets\/[\w.-]+\.(js|css|woff2)$|favicon\.svg$|[\w-]+\.png$|manifest\.webmanifest$)/)
  }
  const worker = await fetch(`http://127.0.0.1:${cluster.portOf(0)}/sw.js`)
  expect(worker.headers.get('cache-control')).toBe('no-cache')
  expect(worker.headers.get('content-security-policy')).toContain("worker-src 'self'")
  expect(worker.headers.get('x-content-type-options')).toBe('nosniff')
})

test.describe('a new release', () => {
  let folder: string
  let release: NextRelease | undefined
  test.beforeAll(async ({ runFolder }) => {
    test.setTimeout(120_000)
    folder = join(runFolder, 'next-release')
    await buildNextRelease(folder)
  })
  test.afterEach(() => release?.close())

  const releaseOf = (page: Page): Promise<string | undefined> =>
    page.evaluate(() => document.documentElement.dataset['release'])

  test('is there after a reload, also without a network, and another open page is offered it', async ({
    openTabs,
    cluster,
    cutNetwork,
  }) => {
    test.setTimeout(120_000)
    const [ann] = await openTabs({})
    const documentId = await ann.newDocument()
    await ann.type('Before. ')
    await expect(ann.saving).toHaveText(SAVED)
    await kept(ann.page)
    const [other] = await openTabs({ sameBrowserAs: ann })
    await other.open(documentId)
    const before = await keptPaths(ann.page)

    release = await NextRelease.serve(folder, cluster.portOf(0))
    ann.line.leadTo(release.port)
    await ann.reload()
    expect(await releaseOf(ann.page)).toBe('next')

    await expect(other.page.getByText(A_NEWER_VERSION)).toBeVisible()
    expect(await releaseOf(other.page)).toBeUndefined()
    await other.type('Still typing.')
    await expect(ann.body).toContainText('Still typing.')
    await until('the build before is forgotten', async () => {
      const paths = await keptPaths(ann.page)
      expect(paths.filter((path) => path === '/')).toHaveLength(1)
      expect(paths).not.toContain(before.find((path) => path.startsWith('/assets/index-') && path.endsWith('.js')))
    })
    await kept(ann.page)
    cutNetwork(ann)
    await ann.reload()
    expect(await releaseOf(ann.page)).toBe('next')
    await expect(ann.body).toContainText('Before. Still typing.')
  })

  test('is offered to a page that stays open, which reloads when its person says so', async ({ openTabs, cluster }) => {
    test.setTimeout(120_000)
    const [ann] = await openTabs({})
    await ann.newDocument()
    await ann.type('Before.')
    await kept(ann.page)
    release = await NextRelease.serve(folder, cluster.portOf(0))
    ann.line.leadTo(release.port)
    // What a page does when it is looked at again after a while.
    await ann.page.evaluate(async () => (await navigator.serviceWorker.ready).update())
    await expect(ann.page.getByText(A_NEWER_VERSION)).toBeVisible()
    expect(await releaseOf(ann.page)).toBeUndefined()
    await ann.type(' Not lost.')
    await ann.page.getByRole('button', { name: 'Reload' }).click()
    await until('the next release runs', async () => (await releaseOf(ann.page)) === 'next')
    await expect(ann.body).toContainText('Before. Not lost.')
    await expect(ann.page.getByText(A_NEWER_VERSION)).toHaveCount(0)
  })
})
