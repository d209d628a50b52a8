import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LIMITS } from '@tandem/sync'
import { z } from 'zod'
import { S3_SECRETS, UPLOAD_SETTINGS, uploadConfig, type UploadConfig } from './uploads-config.ts'

/** One node's settings, all of them. `readConfig` makes it from the environment. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Where people reach it, without a trailing slash; undefined: wherever the browser says it is. */
  readonly publicUrl: string | undefined
  /** Where this node reaches the load balancer of its cluster, without a trailing slash; undefined: nowhere. */
  readonly balancerUrl: string | undefined
  readonly dataDir: string
  /** PostgreSQL; undefined: embedded SQLite in `dataDir`. */
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
  /** Signs cookies and relay messages. The same on every node of a cluster. */
  readonly secretKey: string
  readonly logLevel: LogLevel
  /** Whoever sends it may read /metrics from anywhere; undefined: only this machine and private networks may. */
  readonly metricsToken: string | undefined
  /** How many proxies in front append to X-Forwarded-For; 0 believes nobody. */
  readonly trustedProxies: number
  readonly socketsPerUser: number
  readonly socketsPerIp: number
  /** Sessions in one document of people whom its link alone lets in; 0: as many as come. */
  readonly sessionsPerLink: number
  /** How many new sockets a node lets in. */
  readonly socketsPerSecond: number
  readonly socketsPerNode: number
  /** Whether frames, pushes and carets skip tRPC's generic pipeline; for comparing. */
  readonly fastLane: boolean
  /** Names of the Yjs roots that documents may have beside the page's own: for programs that keep something with the text. */
  readonly documentRoots: readonly string[]
  readonly uploads: UploadConfig
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const SECRET_LENGTH = 32
const METRICS_TOKEN_LENGTH = 16
/** Root types of one document, the page's own among them. */
const MOST_ROOTS = 32
const SECRETS = ['DATABASE_URL', 'REDIS_URL', 'SECRET_KEY', 'METRICS_TOKEN', ...S3_SECRETS] as const

/** Every problem of the settings at once, one per line, without their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(['Tandem cannot start with these settings:', ...problems.map((problem) => `  ${problem}`)].join('\n'))
    this.problems = problems
  }
}

const count = (name: string, fallback: number) =>
  z.coerce
    .number(`${name} must be a whole number`)
    .int(`${name} must be a whole number`)
    .min(0, `${name} cannot be negative`)
    .default(fallback)
const url = (name: string, protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (value) => protocols.includes(URL.parse(value)?.protocol ?? ''),
      `${name} must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    )
    .optional()

const Environment = z.object({
  ...UPLOAD_SETTINGS,
  PORT: count('PORT', 4000).refine((port) => port <= 65_535, 'PORT must be at most 65535'),
  HOST: z.string().default('localhost'),
  PUBLIC_URL: url('PUBLIC_URL', ['http:', 'https:']).refine(
    (value) => value === undefined || isOrigin(value),
    'PUBLIC_URL must be only scheme, host and port, like https://tandem.example.org',
  ),
  BALANCER_URL: url('BALANCER_URL', ['http:', 'https:']),
  DATA_DIR: z.string().default('data'),
  DATABASE_URL: url('DATABASE_URL', ['postgres:', 'postgresql:']),
  REDIS_URL: url('REDIS_URL', ['redis:', 'rediss:']),
  SECRET_KEY: z
    .string()
    .min(
      SECRET_LENGTH,
      `SECRET_KEY must have at least ${SECRET_LENGTH} characters; \`openssl rand -base64 48\` makes a good one`,
    )
    .optional(),
  METRICS_TOKEN: z
    .string()
    .min(METRICS_TOKEN_LENGTH, `METRICS_TOKEN must have at least ${METRICS_TOKEN_LENGTH} characters`)
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  TRUSTED_PROXIES: count('TRUSTED_PROXIES', 0),
  SOCKETS_PER_USER: count('SOCKETS_PER_USER', LIMITS.socketsPerUser),
  SOCKETS_PER_IP: count('SOCKETS_PER_IP', LIMITS.socketsPerIp),
  SESSIONS_PER_LINK: count('SESSIONS_PER_LINK', LIMITS.sessionsPerLink),
  SOCKETS_PER_SECOND: count('SOCKETS_PER_SECOND', LIMITS.socketsPerSecond).refine(
    (perSecond) => perSecond > 0,
    'SOCKETS_PER_SECOND must be at least 1',
  ),
  SOCKETS_PER_NODE: count('SOCKETS_PER_NODE', LIMITS.socketsPerNode),
  FAST_LANE: z.enum(['on', 'off'], 'FAST_LANE must be on or off').default('on'),
  DOCUMENT_ROOTS: z
    .string()
    .default('')
    .transform((names) => names.split(',').filter((name) => name !== ''))
    .refine(
      (names) => names.length < MOST_ROOTS && names.every((name) => /^[A-Za-z0-9_.:-]{1,64}$/.test(name)),
      `DOCUMENT_ROOTS must be fewer than ${MOST_ROOTS} names of letters, digits and _.:-, with commas between them`,
    ),
})

/**
 * Reads the settings of one node. An empty variable counts as unset; secrets may come as files (`SECRET_KEY_FILE`).
 * Without DATABASE_URL a missing SECRET_KEY is generated into the data folder, readable by its owner alone, and kept.
 * Throws ConfigError with all problems together.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = []
  const parsed = Environment.safeParse(withSecretFiles(environment, problems))
  for (const issue of parsed.error?.issues ?? []) problems.push(issue.message)
  const databaseUrl = parsed.data?.DATABASE_URL
  if (databaseUrl !== undefined && parsed.data?.SECRET_KEY === undefined) {
    problems.push(
      'SECRET_KEY is required with DATABASE_URL, the same on every node; `openssl rand -base64 48` makes a good one',
    )
  }
  const uploads = parsed.data && uploadConfig(parsed.data, problems)
  if (problems.length > 0 || parsed.data === undefined || uploads === undefined) throw new ConfigError(problems)
  const { data } = parsed
  const dataDir = resolve(data.DATA_DIR)
  return {
    port: data.PORT,
    host: data.HOST,
    publicUrl: data.PUBLIC_URL === undefined ? undefined : new URL(data.PUBLIC_URL).origin,
    balancerUrl: data.BALANCER_URL ?? data.PUBLIC_URL,
    dataDir,
    databaseUrl,
    redisUrl: data.REDIS_URL,
    secretKey: data.SECRET_KEY ?? keptSecret(dataDir),
    logLevel: data.LOG_LEVEL,
    metricsToken: data.METRICS_TOKEN,
    trustedProxies: data.TRUSTED_PROXIES,
    socketsPerUser: data.SOCKETS_PER_USER,
    socketsPerIp: data.SOCKETS_PER_IP,
    sessionsPerLink: data.SESSIONS_PER_LINK,
    socketsPerSecond: data.SOCKETS_PER_SECOND,
    socketsPerNode: data.SOCKETS_PER_NODE,
    fastLane: data.FAST_LANE === 'on',
    documentRoots: data.DOCUMENT_ROOTS,
    uploads,
  }
}

function withSecretFiles(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && value !== '') settings[name] = value
  for (const name of SECRETS) {
    const file = settings[`${name}_FILE`]
    if (file === undefined) continue
    if (settings[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set; keep one`)
    else {
      try {
        settings[name] = readFileSync(file, 'utf8').trim()
      } catch {
        problems.push(`${name}_FILE names a file that cannot be read`)
      }
    }
  }
  return settings
}

function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'secret-key')
  try {
    mkdirSync(dataDir, { recursive: true })
    // 'wx': of two nodes that start at once on one folder, one writes and both read the same.
    writeFileSync(file, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!isFileExists(error))
      throw new ConfigError([
        `DATA_DIR ${dataDir} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      ])
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (secret.length < SECRET_LENGTH)
    throw new ConfigError([`${file} is too short; remove it to have it generated anew (everybody is signed out then)`])
  return secret
}

function isFileExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

function isOrigin(value: string): boolean {
  const parsed = URL.parse(value)
  return (
    parsed !== null && parsed.pathname === '/' && parsed.search === '' && parsed.hash === '' && parsed.username === ''
  )
}
