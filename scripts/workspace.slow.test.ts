// The first start and those after it, in a workspace of a few files with a registry that only counts.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root, workspaceNode } from './parts/workspace.mjs'

let folder: string

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const lines = (path: string): string[] =>
  existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8').trim().split('\n') : []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem workspace-')) // with a space, as on many desktops
  cpSync(join(root, 'scripts/parts/workspace.mjs'), join(folder, 'scripts/parts/workspace.mjs'))
  write('package.json', '{ "name": "tandem", "type": "module", "packageManager": "pnpm@1.2.3" }')
  write('pnpm-lock.yaml', 'lockfileVersion: 1')
  write('pnpm-workspace.yaml', '')
  write('tsconfig.base.json', '{}')
  write('apps/web/package.json', '{ "name": "@tandem/web", "dependencies": { "@tandem/client": "workspace:*" } }')
  write('packages/client/package.json', '{ "name": "@tandem/client" }')
  write('packages/other/package.json', '{ "name": "@tandem/other" }')
  write('packages/client/src/index.ts', 'export const one = 1')
  write(
    'apps/web/node_modules/vite/bin/vite.js',
    `
    import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
    const to = process.argv[process.argv.indexOf('--outDir') + 1]
    mkdirSync(to, { recursive: true })
    writeFileSync(to + '/index.html', '')
    appendFileSync('../../built', 'built\\n')`,
  )
  // "Installing" is noting the call and leaving a Node where Node 24 would be.
  write(
    'bin/npx',
    `#!/bin/sh
    echo "$@" >>"${folder}/installed"
    mkdir -p "${folder}/node_modules/node/bin" && ln -sf "${workspaceNode}" "${folder}/node_modules/node/bin/node"`,
  )
  chmodSync(join(folder, 'bin/npx'), 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const program = (calls: string): string[] => [
  '--input-type=module',
  '-e',
  `import * as workspace from ${JSON.stringify(`file://${folder}/scripts/parts/workspace.mjs`)}\n${calls}`,
]
const env = (): NodeJS.ProcessEnv => ({ PATH: `${folder}/bin:/usr/bin:/bin` })

function start(): number | null {
  const args = program('workspace.install(); workspace.buildPage()')
  return spawnSync(workspaceNode, args, { cwd: tmpdir(), env: env(), stdio: 'pipe' }).status
}

test('packages are installed from the frozen lockfile, once for each lockfile', () => {
  expect(start()).toBe(0)
  expect(lines('installed')).toEqual([expect.stringMatching(/^--yes pnpm@1\.2\.3 install --frozen-lockfile /)])
  start()
  expect(lines('installed')).toHaveLength(1)
  write('pnpm-lock.yaml', 'lockfileVersion: 2')
  start()
  expect(lines('installed')).toHaveLength(2)
  rmSync(join(folder, 'node_modules'), { recursive: true })
  start()
  expect(lines('installed')).toHaveLength(3)
})

test('the page is built when its sources changed, or those of a package it uses', () => {
  start()
  start()
  expect(lines('built')).toHaveLength(1)
  write('packages/client/src/index.ts', 'export const one = 2')
  start()
  expect(lines('built')).toHaveLength(2)
  write('packages/other/src/index.ts', 'not of the page')
  start()
  expect(lines('built')).toHaveLength(2)
  rmSync(join(folder, 'apps/web/dist'), { recursive: true })
  start()
  expect(lines('built')).toHaveLength(3)
})

test('what cannot be installed is said, and the process ends with 1', () => {
  write('bin/npx', '#!/bin/sh\nexit 7')
  const { status, stderr } = spawnSync(workspaceNode, program('workspace.install()'), { env: env(), encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain('Packages could not be installed')
})

test('a program is handed stopping signals once, and its exit code is taken over', async () => {
  start()
  write(
    'patient.js',
    `
    import { appendFileSync } from 'node:fs'
    process.on('SIGTERM', () => {
      appendFileSync(${JSON.stringify('signals')}, 'SIGTERM\\n')
      setTimeout(() => process.exit(42), 300)
    })
    setInterval(() => undefined, 1000)
    console.log('ready')`,
  )
  const child = spawn(workspaceNode, program(`await workspace.handOver('patient.js')`), { cwd: folder, env: env() })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGTERM')
  child.kill('SIGTERM') // npm passes on what the terminal has sent already
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(42)
  expect(lines('signals')).toEqual(['SIGTERM'])
})

test('under npm, it stops when the shell between it and npm is gone', async () => {
  start()
  write(
    'patient.js',
    `
    import { writeFileSync } from 'node:fs'
    process.on('SIGTERM', () => {
      writeFileSync('stopped', '')
      process.exit(0)
    })
    setInterval(() => undefined, 1000)
    console.log('ready')`,
  )
  write('hand-over.js', program(`await workspace.handOver('patient.js')`)[2] ?? '')
  const script = `"${workspaceNode}" hand-over.js; exit 0`
  const shell = spawn('sh', ['-c', script], { cwd: folder, env: { ...env(), npm_lifecycle_event: 'start' } })
  await new Promise((resolve) => shell.stdout.once('data', resolve))
  shell.kill('SIGTERM')
  await expect.poll(() => existsSync(join(folder, 'stopped')), { timeout: 5_000 }).toBe(true)
})
