// What can be known about docker/ without a Docker engine. `npm run cluster` runs nginx.sh and its template for real.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../apps/server/src/config.ts'
import { root } from './parts/workspace.mjs'

interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { condition: string }>>
  readonly healthcheck?: unknown
  readonly entrypoint?: readonly string[]
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const composeText = read('docker/compose.yaml')
const compose = parse(composeText, { merge: true }) as Compose
const dockerfile = read('docker/Dockerfile')
const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string }
const nodeVersion = (parse(read('pnpm-workspace.yaml')) as { catalog: Record<string, string> }).catalog.node
const nodes = Object.entries(compose.services).filter(([name]) => name.startsWith('node-'))

/** As compose does it: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. Throws what compose would say. */
function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  const inner = /\$\{([A-Z0-9_]+)(?::([-?])((?:[^${}]|\$\{[^{}]*\})*))?\}/g
  return text.replace(inner, (_, name: string, operator: string | undefined, rest: string | undefined) => {
    const value = env[name]
    if (value !== undefined && value !== '') return value
    if (operator === '?') throw new Error(`${name}: ${rest}`)
    return operator === '-' ? interpolate(rest ?? '', env) : ''
  })
}

test('the compose file has nginx, Redis, PostgreSQL and three nodes, each with a health check', () => {
  expect(Object.keys(compose.services).toSorted()).toEqual(['nginx', 'node-1', 'node-2', 'node-3', 'postgres', 'redis'])
  const unchecked = Object.entries(compose.services).filter(
    ([name, service]) => !name.startsWith('node-') && service.healthcheck === undefined,
  )
  expect(unchecked).toEqual([])
  expect(dockerfile).toContain('HEALTHCHECK') // the nodes' own
})

test('whatever a service waits for is there', () => {
  for (const service of Object.values(compose.services)) {
    for (const name of Object.keys(service.depends_on ?? {})) expect(Object.keys(compose.services)).toContain(name)
  }
})

test('files that the compose file names are there, and volumes are declared', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0] ?? ''
      if (source.startsWith('.')) expect(existsSync(join(root, 'docker', source)), `${name}: ${source}`).toBe(true)
      else expect(Object.keys(compose.volumes)).toContain(source)
    }
    if (service.build === undefined) continue
    expect(existsSync(join(root, 'docker', service.build.context, service.build.dockerfile))).toBe(true)
  }
})

test('without its secrets it does not start, and says which', () => {
  const secrets = { SECRET_KEY: 's'.repeat(48), POSTGRES_PASSWORD: 'p' }
  expect(() => interpolate(composeText, { ...secrets, SECRET_KEY: '' })).toThrow('SECRET_KEY: at least 32')
  expect(() => interpolate(composeText, { ...secrets, POSTGRES_PASSWORD: '' })).toThrow('POSTGRES_PASSWORD')
  expect(() => interpolate(composeText, secrets)).not.toThrow()
})

test('the nodes understand every setting they are given', () => {
  expect(nodes).toHaveLength(3)
  const env = { SECRET_KEY: 's'.repeat(48), POSTGRES_PASSWORD: 'letters0and0digits', PORT: '4321' }
  const known = read('apps/server/src/config.ts') + read('apps/server/src/uploads-config.ts')
  for (const [, { environment = {} }] of nodes) {
    for (const name of Object.keys(environment)) expect(known).toMatch(new RegExp(`\\b${name}\\b`))
    const settings = Object.entries(environment).map(([name, value]) => [name, interpolate(value, env)])
    const config = readConfig(Object.fromEntries(settings) as Record<string, string>)
    expect(config).toMatchObject({ port: 4000, host: '0.0.0.0', publicUrl: 'http://localhost:4321', trustedProxies: 1 })
  }
})

test('nginx is told of exactly the nodes that there are', () => {
  const told = compose.services.nginx?.environment?.TANDEM_NODES?.split(' ')
  expect(told).toEqual(nodes.map(([name]) => `${name}:4000`))
})

test('settings of the example file are those of the compose file', () => {
  const asked = new Set([...composeText.matchAll(/\$\{([A-Z0-9_]+)/g)].map((found) => found[1]))
  const offered = [...read('docker/.env.example').matchAll(/^([A-Z0-9_]+)=/gm)].map((found) => found[1])
  expect(offered.filter((name) => !asked.has(name))).toEqual([])
})

test('images are pinned, and Node and pnpm are those of the workspace', () => {
  const images = Object.values(compose.services).filter(({ build }) => build === undefined)
  for (const { image } of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?-alpine$/)
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((found) => found[1] ?? '')
  const outside = bases.filter((base) => base !== 'workspace')
  expect(new Set(outside)).toEqual(new Set([`node:${nodeVersion}-bookworm-slim`]))
  expect(dockerfile).toContain(`npm install --global ${packageManager}\n`)
})

test('what the image copies is there and not ignored', () => {
  const ignore = read('docker/Dockerfile.dockerignore').split('\n')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap((found) =>
    (found[1] ?? '').split(' ').slice(0, -1),
  )
  expect(copied.length).toBeGreaterThan(0)
  for (const source of copied) {
    expect(existsSync(join(root, source)), source).toBe(true)
    expect(ignore).toContain(`!${source}`)
  }
})

test('the image does not run as root, and its health check is a program that Node can read', () => {
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(lastStage).toMatch(/^USER node$/m)
  const check = /CMD (\[.*\])\nCMD/.exec(lastStage)?.[1] ?? '[]'
  const [program, flag, code = ''] = JSON.parse(check) as string[]
  expect([program, flag]).toEqual(['node', '-e'])
  expect(() => new Script(code)).not.toThrow()
})

test('the entry script is a shell program, and refuses to start without nodes', () => {
  const script = join(root, 'docker/nginx.sh')
  expect(() => execFileSync('sh', ['-n', script])).not.toThrow()
  expect(() => execFileSync('sh', [script], { env: { PATH: process.env.PATH }, stdio: 'pipe' })).toThrow('TANDEM_NODES')
})
