// Brings the workspace up to date on any Node >= 20.19: pnpm, the packages of the lockfile (Node 24 among them), and
// the built page. Each is skipped when nothing it depends on has changed since the last time.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** Node 24, as the npm package `node` brings it. */
export const workspaceNode = join(root, 'node_modules/node/bin/node')

/** Signals that stop a program from outside. */
const STOPPING = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
/** A terminal and npm both pass Ctrl-C on; what comes within this time is the same keystroke. */
const SAME_KEYSTROKE_MS = 1_000

/** Installs from the frozen lockfile unless exactly this was installed last time. Exits when it cannot. */
export function install() {
  const manifests = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...packageFolders().map((folder) => `${folder}/package.json`),
  ]
  const wanted = hashOf([...manifests, ...filesUnder('patches')])
  const stamp = join(root, 'node_modules/.tandem-installed')
  if (existsSync(workspaceNode) && readStamp(stamp) === wanted) return
  const { packageManager } = readJson('package.json') // the one place that says which pnpm
  console.log(`Installing packages with ${packageManager} …`)
  // A development install even where NODE_ENV says production: the page is built from it, and Node 24 is in it.
  const flags = ['install', '--frozen-lockfile', '--prod=false', '--config.confirmModulesPurge=false']
  run(
    'npx',
    ['--yes', packageManager, ...flags],
    'Packages could not be installed; see above. A registry that npm can reach is needed.',
  )
  if (!existsSync(workspaceNode))
    exit(`Node 24 was not installed: ${workspaceNode} is missing. Remove node_modules and try again.`)
  writeFileSync(stamp, wanted)
}

/** Builds apps/web/dist unless its sources, and those of the packages it uses, are what they were at the last build. */
export function buildPage() {
  const sources = withDependencies('apps/web').flatMap((folder) => filesUnder(folder))
  const wanted = hashOf([...sources, 'pnpm-lock.yaml', 'tsconfig.base.json', ...filesUnder('patches')])
  const stamp = join(root, 'node_modules/.tandem-page')
  if (existsSync(join(root, 'apps/web/dist/index.html')) && readStamp(stamp) === wanted) return
  console.log('Building the page …')
  // Beside the old one, which is served until the new one takes its place, and stays when the build fails.
  const [page = '', next = '', old = ''] = ['dist', 'node_modules/.page-next', 'node_modules/.page-old'].map((path) =>
    join(root, 'apps/web', path),
  )
  const flags = ['build', '--logLevel', 'warn', '--outDir', next, '--emptyOutDir']
  // Whoever asks for it (a test does, too): what is built is what people get.
  const env = { ...process.env, NODE_ENV: 'production' }
  const vite = ['node_modules/vite/bin/vite.js', ...flags]
  run(workspaceNode, vite, 'The page could not be built; see above.', { folder: 'apps/web', env })
  rmSync(old, { recursive: true, force: true })
  if (existsSync(page)) renameSync(page, old)
  renameSync(next, page)
  rmSync(old, { recursive: true, force: true })
  writeFileSync(stamp, wanted)
}

/** What Node has compiled before it need not compile again: a start takes a third of the time. */
const compileCache = join(root, 'node_modules/.cache/compiled')

/**
 * Runs one of our TypeScript programs under Node 24 until it ends, and takes over its exit code. Stopping signals reach it once.
 * @param {string} program path from the root
 * @param {Record<string, string>} [env] added to the environment
 */
export async function handOver(program, env = {}) {
  // In a group of its own, Ctrl-C reaches it through us only.
  const child = spawn(workspaceNode, [join(root, program), ...process.argv.slice(2)], {
    stdio: 'inherit',
    detached: true,
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...env },
  })
  let last = 0
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (Date.now() - last < SAME_KEYSTROKE_MS) return
    last = Date.now()
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal) // it, and what it runs
  }
  for (const signal of STOPPING) process.on(signal, pass)
  // npm passes a signal on to the shell between it and us, and the shell keeps it to itself: it is gone, and we would stay.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    if (process.env.npm_lifecycle_event !== undefined) pass('SIGTERM')
  }, 500)
  process.exitCode = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
  clearInterval(watch)
}

/** Folders of the workspace's packages, from the root. */
export function packageFolders() {
  const folders = ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  )
  return [...folders, 'e2e'].filter((folder) => existsSync(join(root, folder, 'package.json'))).sort()
}

/** @param {string} folder @returns {string[]} it and the workspace packages that it needs at run time, directly or not */
function withDependencies(folder) {
  const byName = new Map(packageFolders().map((each) => [readJson(`${each}/package.json`).name, each]))
  const found = new Set([folder])
  for (const each of found) {
    for (const name of Object.keys(readJson(`${each}/package.json`).dependencies ?? {})) {
      const dependency = byName.get(name)
      if (dependency !== undefined) found.add(dependency)
    }
  }
  return [...found]
}

/** @param {string} folder from the root @returns {string[]} its files, without what is installed or built; none if it is not there */
export function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', 'test-results', 'playwright-report'].includes(entry.name)) return []
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
}

/** @param {string[]} files */
function hashOf(files) {
  const hash = createHash('sha256').update(process.platform + process.arch)
  for (const file of [...files].sort()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** @param {string} path */
function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** @typedef {{ name: string, packageManager: string, dependencies?: Record<string, string> }} Manifest */

/** @param {string} path from the root */
function readJson(path) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(join(root, path), 'utf8')))
}

/** @param {string} command @param {string[]} args @param {string} otherwise @param {{ folder?: string, env?: NodeJS.ProcessEnv }} [options] */
function run(command, args, otherwise, { folder = '.', env = process.env } = {}) {
  const { status, error } = spawnSync(command, args, { cwd: join(root, folder), env, stdio: 'inherit' })
  if (error !== undefined) exit(`${command} could not be run (${error.message}). ${otherwise}`)
  if (status !== 0) exit(otherwise)
}

/** @param {string} message @returns {never} */
function exit(message) {
  console.error(message)
  process.exit(1)
}
