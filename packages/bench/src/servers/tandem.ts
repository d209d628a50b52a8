/**
 * A Tandem node as `npm start` runs it: embedded SQLite (or DATABASE_URL), everything on disk before it is shown. Only limits that count sockets
 * are raised, since all of them come from one address here, and some users have several. DATA_DIR comes from whoever starts this.
 */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

const SERVER = resolve(import.meta.dirname, '../../../../apps/server/src')
const SOCKETS = '20000'
/** Seats take them in turn. */
const USERS = 200

Object.assign(process.env, {
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'error',
  SOCKETS_PER_USER: SOCKETS,
  SOCKETS_PER_IP: SOCKETS,
  SESSIONS_PER_LINK: SOCKETS,
  SOCKETS_PER_NODE: SOCKETS,
  SOCKETS_PER_SECOND: String(4 * Number(SOCKETS)), // one address gets a quarter of it
})
const users = Array.from({ length: USERS }, (_, index) => ['--user', `bench-${index}@example.org`])
const cli = [`${SERVER}/cli.ts`, 'token', ...users.flat()]
const { stdout } = await promisify(execFile)(process.execPath, cli)
for (const token of stdout.trim().split('\n')) console.log(`token: ${token}`)
await import(`${SERVER}/main.ts`) // says that it is ready
