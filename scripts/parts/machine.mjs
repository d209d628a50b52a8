// The programs of the machine that tests and the cluster run: found, and installed with apt where that is possible.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** @typedef {'redis-server' | 'postgresql' | 'nginx' | 'chromium'} Program */

/** @type {Record<Program, { find: () => string | undefined, otherwise: string }>} */
const PROGRAMS = {
  'redis-server': { find: () => onPath(['redis-server']), otherwise: 'Redis 7 or newer (redis-server)' },
  postgresql: { find: postgresFolder, otherwise: 'PostgreSQL 14 or newer (its initdb and postgres programs)' },
  nginx: { find: () => onPath(['nginx']), otherwise: 'nginx' },
  chromium: { find: chromium, otherwise: 'Chromium or Chrome' },
}

/**
 * Sees to it that these are here: installs what is missing with apt on Debian and Ubuntu, as root or through sudo.
 * Elsewhere it says exactly what to install and ends the process with 1.
 * @param {Program[]} wanted
 */
export function bring(wanted) {
  const missing = missingOf(wanted)
  if (missing.length === 0) return
  const packages = missing.filter((name) => name !== 'chromium' || !isUbuntu())
  if (packages.length > 0) installWithApt(packages)
  // Ubuntu's chromium package is only a pointer to a snap: there, scripts/test.ts brings Playwright's own build.
  const still = missingOf(wanted).filter((name) => name !== 'chromium' || !isUbuntu())
  if (still.length > 0) refuse(still)
}

/** Where Chromium or Chrome is, if the machine has it. */
export function chromium() {
  return onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])
}

/** Folder of PostgreSQL's programs: the newest of Debian's, or the one on PATH. */
export function postgresFolder() {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian)
        .map(Number)
        .sort((a, b) => b - a)
    : []
  const folders = [...versions.map((version) => `${debian}/${version}/bin`), ...pathFolders()]
  return folders.find((folder) => isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres')))
}

/** @param {Program[]} wanted */
function missingOf(wanted) {
  return wanted.filter((name) => PROGRAMS[name].find() === undefined)
}

/** @param {Program[]} packages */
function installWithApt(packages) {
  const isRoot = process.getuid?.() === 0
  if (onPath(['apt-get']) === undefined || (!isRoot && onPath(['sudo']) === undefined)) refuse(packages)
  console.log(`Installing with apt: ${packages.join(', ')} …`)
  // Nobody answers under CI: sudo must not ask there.
  const sudo = ['sudo', ...(process.env.CI ? ['--non-interactive'] : []), 'env', 'DEBIAN_FRONTEND=noninteractive']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const step of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const [command = '', ...args] = [...(isRoot ? [] : sudo), 'apt-get', '--quiet=2', ...step]
    const { status } = spawnSync(command, args, { stdio: ['inherit', 'ignore', 'inherit'], env })
    if (status !== 0) refuse(missingOf(packages))
  }
}

/** @param {Program[]} missing @returns {never} */
function refuse(missing) {
  console.error('These programs are needed and could not be installed from here. Please install them and try again:')
  for (const name of missing) console.error(`  ${PROGRAMS[name].otherwise}`)
  console.error(`On Debian or Ubuntu: sudo apt-get install ${missing.join(' ')}`)
  process.exit(1)
}

function isUbuntu() {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

/** @param {string[]} names @returns {string | undefined} the first that is there, with its folder */
export function onPath(names) {
  return names.flatMap((name) => pathFolders().map((folder) => join(folder, name))).find(isProgram)
}

/** Folders of PATH; with those of the administrator, which are missing from other people's on Debian. */
function pathFolders() {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].filter((folder) => folder !== '')
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false // not there, or not ours to run
    throw error
  }
}
