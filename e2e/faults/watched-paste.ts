import { chromium, type Browser } from '@playwright/test'
import { chromium as chromiumOfMachine } from '../../scripts/parts/machine.mjs'
import { buildPage } from '../../scripts/parts/workspace.mjs'
import { pasteBefore, type WatchedPaste } from '../support/large-paste.ts'
import { NetworkLine } from '../support/network-line.ts'
import { Tab } from '../support/tab.ts'
import type { FaultCluster } from './fault-cluster.ts'

/** Two people in real browsers, each on a node of their own: one pastes 5 MB into a new document, the other's page is watched. */
export async function watchedPaste({ nodes }: FaultCluster): Promise<WatchedPaste> {
  buildPage()
  const executablePath = chromiumOfMachine()
  const browsers: Browser[] = []
  const lines: NetworkLine[] = []
  try {
    const tabs: Tab[] = []
    for (const { url, front } of nodes) {
      const browser = await chromium.launch({
        ...(executablePath !== undefined && { executablePath }),
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      })
      browsers.push(browser)
      const line = await NetworkLine.lay(new URL(url).host, front.port)
      lines.push(line)
      tabs.push(new Tab(await browser.newPage({ baseURL: url, locale: 'en-GB', proxy: { server: line.url } }), line))
    }
    const [writer, witness] = tabs
    if (writer === undefined || witness === undefined) throw new Error('This takes two nodes.')
    await witness.open(await writer.newDocument())
    return await pasteBefore(witness, writer)
  } finally {
    await Promise.allSettled(browsers.map((browser) => browser.close()))
    await Promise.allSettled(lines.map((line) => line.close()))
  }
}
