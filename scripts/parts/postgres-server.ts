import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Child } from './child.ts'
import { postgresFolder } from './machine.mjs'
import { accepts, freePort } from './ports.ts'

const run = promisify(execFile)
const ROLE = 'tandem'

export interface PostgresServer {
  readonly child: Child
  readonly port: number
  /** Makes the database if it is not there; returns its URL. */
  database(name: string): Promise<string>
}

export interface PostgresOptions {
  /** Data, password and log live here; made when missing, taken up again when not. The postgres user must be able to reach it. */
  readonly folder: string
  /** Chosen when absent. */
  readonly port?: number
  /** False trades the disk's safety for speed: only where the machine itself is not part of the test. */
  readonly fsync?: boolean
}

/** A PostgreSQL of its own on 127.0.0.1. It refuses to run as root; there it runs as the user `postgres`. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, fsync = true } = options
  const programs = postgresFolder()
  if (programs === undefined) throw new Error('PostgreSQL is not installed (no initdb found).')
  const user = process.getuid?.() === 0 ? await userNamed('postgres') : undefined
  mkdirSync(folder, { recursive: true })
  if (user !== undefined) chownSync(folder, user.uid, user.gid)

  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  if (!existsSync(passwordFile)) {
    writeFileSync(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 })
    if (user !== undefined) chownSync(passwordFile, user.uid, user.gid)
  }
  const password = readFileSync(passwordFile, 'utf8')
  if (!existsSync(data)) {
    const flags = [
      `--username=${ROLE}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ]
    await run(join(programs, 'initdb'), [`--pgdata=${data}`, ...flags], { ...user, cwd: folder })
  }

  const port = options.port ?? (await freePort())
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    `fsync=${fsync ? 'on' : 'off'}`,
  ]
  const child = new Child({
    name: 'PostgreSQL',
    command: join(programs, 'postgres'),
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    cwd: folder,
    logFile: join(folder, 'postgres.log'),
    user,
  })
  const before = child.log().length // an earlier life of this folder has written there too
  await child.ready(async () => child.log().includes('ready to accept connections', before) && (await accepts(port)))

  const database = async (name: string): Promise<string> => {
    const env = { ...process.env, PGPASSWORD: password }
    await run(join(programs, 'createdb'), ['-h', '127.0.0.1', '-p', `${port}`, '-U', ROLE, name], { env }).catch(
      (error: Error) => {
        if (!error.message.includes('already exists')) throw error
      },
    )
    return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${name}`
  }
  return { child, port, database }
}

async function userNamed(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)))
  return { uid: uid ?? NaN, gid: gid ?? NaN }
}
