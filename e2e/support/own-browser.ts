import { readdirSync, readFileSync } from 'node:fs'
import { chromium, type BrowserContext } from '@playwright/test'
import { chromium as chromiumPath } from '../../scripts/parts/machine.mjs'
import { NetworkLine } from './network-line.ts'
import { Tab } from './tab.ts'

/** A browser with a profile of its own on the disk, whose processes can be killed, stopped and woken. */
export class OwnBrowser {
  readonly line: NetworkLine
  readonly #context: BrowserContext
  readonly #profile: string

  private constructor(context: BrowserContext, profile: string, line: NetworkLine) {
    this.#context = context
    this.#profile = profile
    this.line = line
  }

  /** Starts it, or starts it again, over the profile in this folder. */
  static async start(options: { profile: string; publicUrl: string; port: number }): Promise<OwnBrowser> {
    const { profile, publicUrl, port } = options
    const line = await NetworkLine.lay(new URL(publicUrl).host, port)
    const executablePath = chromiumPath()
    const context = await chromium.launchPersistentContext(profile, {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      baseURL: publicUrl,
      proxy: { server: line.url },
      locale: 'en-GB',
      viewport: { width: 1100, height: 800 },
    })
    return new OwnBrowser(context, profile, line)
  }

  async tab(): Promise<Tab> {
    return new Tab(await this.#context.newPage(), this.line)
  }

  /** All its processes at once, as when the machine sleeps, wakes, or the battery is gone. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    for (const pid of this.#pids()) {
      try {
        process.kill(pid, signal)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error // it has just ended
      }
    }
  }

  /** Resolves when nothing of it is left. */
  async kill(): Promise<void> {
    const closed = this.#context.waitForEvent('close')
    this.signal('SIGKILL')
    await closed
    await this.line.close()
  }

  async close(): Promise<void> {
    await this.#context.close()
    await this.line.close()
  }

  /** Only processes that were started over this very profile, and those that they have started. */
  #pids(): readonly number[] {
    const parents = new Map<number, number>()
    const own = new Set<number>()
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      try {
        const pid = Number(name)
        if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`--user-data-dir=${this.#profile}`)) own.add(pid)
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
      } catch {
        continue // it has ended meanwhile
      }
    }
    const isOwn = (pid: number): boolean => own.has(pid) || (parents.has(pid) && isOwn(parents.get(pid) ?? 0))
    return [...parents.keys()].filter(isOwn)
  }
}
