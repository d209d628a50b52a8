/**
 * A Tandem node as `npm start` runs it: embedded SQLite (or DATABASE_URL), everything on disk before it is shown. Only limits that count sockets
 * are raised, since all of them come from one address and one user here. DATA_DIR comes from whoever starts this.
 */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

const SERVER = resolve(import.meta.dirname, '../../../../apps/server/src')
const SOCKETS = '20000'

Object.assign(process.env, {
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'error',
  SOCKETS_PER_USER: SOCKETS,
  SOCKETS_PER_IP: SOCKETS,
  SOCKETS_PER_SECOND: String(4 * Number(SOCKETS)), // one address gets a quarter of it
})
const cli = [`${SERVER}/cli.ts`, 'token', '--user', 'bench@example.org']
const { stdout } = await promisify(execFile)(process.execPath, cli)
console.log(`token: ${stdout.trim()}`)
await import(`${SERVER}/main.ts`) // says that it is ready
