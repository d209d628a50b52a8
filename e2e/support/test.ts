import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test as base, type BrowserContextOptions } from '@playwright/test'
import { startPostgres, type PostgresServer } from '../../scripts/parts/postgres-server.ts'
import type { Cluster, ClusterShape } from './cluster.ts'
import { LentClusters } from './lent-clusters.ts'
import { NetworkLine } from './network-line.ts'
import { Tab } from './tab.ts'

export { expect } from '@playwright/test'
export { until } from './until.ts'

/** Whose tab, and which way it takes to the servers. */
export interface TabWish {
  /** Straight to this node. Absent: through nginx if there is one, else to node 0. */
  readonly node?: number
  /** Another tab of that browser: the same person, cookies, IndexedDB and line. Absent: somebody new. */
  readonly sameBrowserAs?: Tab
  /** A phone with a touch screen instead of a desk's browser. */
  readonly onPhone?: true
}

const DESK: BrowserContextOptions = { viewport: { width: 1100, height: 800 } }
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true }

/** Opens empty tabs, as many as there are wishes. Who has never been here becomes a guest where they go first: home, or by a link. */
export type OpenTabs = <const Wishes extends readonly TabWish[]>(
  ...wishes: Wishes
) => Promise<{ [K in keyof Wishes]: Tab }>

interface TestFixtures {
  /** What the test runs on; set with `test.use({ shape: { … } })`. What is not named is one node on SQLite. */
  shape: Partial<ClusterShape>
  cluster: Cluster
  openTabs: OpenTabs
  /** SIGKILL to a node. */
  killNode(node: number): Promise<void>
  /** SIGTERM to a node; it has ended when this resolves. */
  stopNode(node: number): Promise<string>
  startNode(node: number): Promise<void>
  /** Every connection of the tab's browser drops, and new ones are refused. */
  cutNetwork(tab: Tab): void
  restoreNetwork(tab: Tab): void
}

interface WorkerFixtures {
  runFolder: string
  postgres(): Promise<PostgresServer>
  clusters: LentClusters
}

const ONE_NODE: ClusterShape = { nodes: 1, database: 'sqlite', redis: false, nginx: false }

export const test = base.extend<TestFixtures, WorkerFixtures>({
  shape: [{}, { option: true }],

  runFolder: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'tandem-e2e-'))
      chmodSync(folder, 0o755) // PostgreSQL runs as a user of its own
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],

  postgres: [
    async ({ runFolder }, use) => {
      let starting: Promise<PostgresServer> | undefined
      // No test here pulls the machine's plug, so the disk need not be waited for.
      await use(() => (starting ??= startPostgres({ folder: join(runFolder, 'postgres'), fsync: false })))
      await (await starting)?.child.stop('SIGINT')
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  clusters: [
    async ({ runFolder, postgres }, use) => {
      const clusters = new LentClusters(runFolder, postgres)
      await use(clusters)
      await clusters.stop()
    },
    { scope: 'worker' },
  ],

  cluster: [
    async ({ shape, clusters }, use, testInfo) => {
      const whole = { ...ONE_NODE, ...shape }
      const cluster = await clusters.lend(whole)
      await use(cluster)
      if (testInfo.status !== testInfo.expectedStatus) {
        for (const path of cluster.logFiles())
          await testInfo.attach(basename(path), { path, contentType: 'text/plain' })
      }
      await clusters.giveBack(whole)
    },
    { timeout: 60_000 },
  ],

  openTabs: async ({ cluster, shape, browser }, use) => {
    const lines: NetworkLine[] = []
    const uncaught: string[] = []
    const open = async ({ node, sameBrowserAs, onPhone }: TabWish): Promise<Tab> => {
      if (sameBrowserAs !== undefined) return new Tab(await sameBrowserAs.context.newPage(), sameBrowserAs.line)
      const way = node ?? (shape.nginx === true ? undefined : 0)
      const line = await NetworkLine.lay(new URL(cluster.publicUrl).host, cluster.portOf(way))
      lines.push(line)
      const context = await browser.newContext({
        baseURL: cluster.publicUrl,
        proxy: { server: line.url },
        locale: 'en-GB',
        ...(onPhone ? PHONE : DESK),
      })
      context.on('weberror', (thrown) => uncaught.push(thrown.error().stack ?? thrown.error().message))
      return new Tab(await context.newPage(), line)
    }
    const openTabs = async (...wishes: readonly TabWish[]): Promise<Tab[]> => {
      const tabs: Tab[] = []
      for (const wish of wishes) tabs.push(await open(wish))
      return tabs
    }
    await use(openTabs as OpenTabs)
    for (const context of browser.contexts()) await context.close()
    for (const line of lines) await line.close()
    expect(uncaught, 'what pages threw, or rejected, and nobody caught').toEqual([])
  },

  killNode: async ({ cluster }, use) => use((node) => cluster.killNode(node)),
  stopNode: async ({ cluster }, use) => use((node) => cluster.stopNode(node)),
  startNode: async ({ cluster }, use) => use((node) => cluster.startNode(node)),
  cutNetwork: async ({}, use) => use((tab) => tab.line.cut()),
  restoreNetwork: async ({}, use) => use((tab) => tab.line.restore()),
})
