import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { guestCookie } from '../test/node-fixture.ts'
import { freePort } from '../test/redis-server.ts'

// The process as `npm start` runs it. Named with `services` because it starts processes: too slow for `pnpm check`.
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-main-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

class Process {
  readonly child: ChildProcess
  readonly exited: Promise<unknown[]>
  said = ''
  #heard = (): void => undefined

  constructor(environment: Record<string, string>) {
    this.child = spawn(process.execPath, [MAIN], { env: { DATA_DIR: folder, HOST: '127.0.0.1', ...environment } })
    children.push(this.child)
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.said += text.toString()
        this.#heard()
      })
    }
    this.exited = once(this.child, 'close')
  }

  async ready(): Promise<string> {
    for (;;) {
      const url = /^Tandem is ready: (\S+)$/m.exec(this.said)?.[1]
      if (url !== undefined) return url
      if (this.child.exitCode !== null) throw new Error(this.said)
      await new Promise<void>((resolve) => {
        this.#heard = resolve
        this.child.once('exit', () => resolve())
      })
    }
  }

  async exit(): Promise<number | null> {
    await this.exited
    return this.child.exitCode
  }
}

test('it says where it is, and ends in peace on SIGTERM: sockets are sent elsewhere with 1012, exit code 0', async () => {
  const node = new Process({ PORT: '0' })
  const url = await node.ready()
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live`, {
    headers: { cookie: await guestCookie(url), origin: url },
  })
  await once(socket, 'open')
  const closed = once(socket, 'close')
  node.child.kill('SIGTERM')
  expect((await closed)[0]).toBe(1012)
  expect(await node.exit()).toBe(0)
})

test('a second signal ends it at once', async () => {
  const node = new Process({ PORT: '0' })
  await node.ready()
  node.child.kill('SIGINT')
  node.child.kill('SIGTERM')
  expect(await node.exit()).not.toBeNull()
})

test('a port in use is one clear line and exit code 1', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const node = new Process({ PORT: String(port) })
  expect(await node.exit()).toBe(1)
  expect(node.said).toBe(
    `Tandem cannot start: Port ${port} is in use. Stop what listens there, or set PORT to another one.\n`,
  )
  taken.close()
})

test('bad settings are told all together, exit code 1', async () => {
  const node = new Process({ PORT: 'x', LOG_LEVEL: 'loud' })
  expect(await node.exit()).toBe(1)
  expect(node.said.trim().split('\n')).toHaveLength(3)
})

test('a database that stays down is one clear line that names the setting and no password, exit code 1', async () => {
  const port = await freePort()
  const node = new Process({
    PORT: '0',
    DATABASE_URL: `postgres://tandem:hunter2@127.0.0.1:${port}/tandem`,
    SECRET_KEY: 'k'.repeat(32),
  })
  expect(await node.exit()).toBe(1)
  expect(node.said).toMatch(
    /^Tandem cannot start: The database \(DATABASE_URL\) does not answer \(.*ECONNREFUSED.*\)\. Start it, or correct the setting\.\n$/,
  )
  expect(node.said).not.toContain('hunter2')
})

test('Redis that is down at the start is a warning', async () => {
  const node = new Process({ PORT: '0', REDIS_URL: `redis://:hunter2@127.0.0.1:${await freePort()}` })
  const url = await node.ready()
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true, relay: 'unwell' })
  await expect.poll(() => node.said).toContain('Redis (REDIS_URL) does not answer')
  expect(node.said).not.toContain('hunter2')
})
