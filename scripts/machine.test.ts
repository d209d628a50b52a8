import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root, workspaceNode } from './parts/workspace.mjs'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tandem-machine-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
}

/** Asks for Redis on a machine that has only the programs of `folder`. */
function bringRedis(): { status: number | null; said: string } {
  const code = `import(${JSON.stringify(join(root, 'scripts/parts/machine.mjs'))}).then(({ bring }) => bring(['redis-server']))`
  const { status, stdout, stderr } = spawnSync(workspaceNode, ['-e', code], {
    env: { PATH: folder, CI: 'true' },
    encoding: 'utf8',
  })
  return { status, said: stdout + stderr }
}

/** An apt-get that notes what it was asked, and "installs" by `effect`. sudo, where we are not root, does as it is told. */
function aptGet(effect: string): void {
  program('apt-get', `echo "$@" >>"${folder}/asked"; [ "$2" = update ] || { ${effect}; }`)
  program('env', 'shift; exec "$@"')
  program('sudo', 'shift; exec "$@"')
}

test('what is there is not installed again', () => {
  program('redis-server', 'exit 0')
  aptGet('exit 1')
  expect(bringRedis()).toEqual({ status: 0, said: '' })
  expect(existsSync(join(folder, 'asked'))).toBe(false)
})

test('what is missing is installed with apt', () => {
  aptGet(`printf '#!/bin/sh' >"${folder}/redis-server"; /bin/chmod +x "${folder}/redis-server"`)
  expect(bringRedis()).toMatchObject({ status: 0 })
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(
    '--quiet=2 update\n--quiet=2 install --yes --no-install-recommends redis-server\n',
  )
})

test('where apt fails, or is not there, it says exactly what to install and ends with 1', () => {
  const expected = { status: 1, said: expect.stringContaining('sudo apt-get install redis-server') }
  expect(bringRedis()).toMatchObject(expected)
  aptGet('exit 100')
  expect(bringRedis()).toMatchObject(expected)
})
