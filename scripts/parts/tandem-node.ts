import { join } from 'node:path'
import { Child } from './child.ts'
import { root, workspaceNode } from './workspace.mjs'

/** What a node is told about its world: the settings of apps/server/src/config.ts. */
export interface NodeSettings {
  readonly PORT: string
  readonly PUBLIC_URL: string
  readonly SECRET_KEY: string
  readonly HOST?: string
  readonly DATA_DIR?: string
  readonly DATABASE_URL?: string
  readonly REDIS_URL?: string
  readonly LOG_LEVEL?: string
  readonly TRUSTED_PROXIES?: string
  readonly SOCKETS_PER_USER?: string
  readonly SOCKETS_PER_IP?: string
  readonly SOCKETS_PER_SECOND?: string
  readonly SESSIONS_PER_LINK?: string
  readonly DOCUMENT_ROOTS?: string
  readonly UPLOADS_DIR?: string
  readonly UPLOAD_USER_BYTES?: string
}

const SETTINGS =
  /^(PORT|HOST|DATA_DIR|DATABASE_URL|REDIS_URL|PUBLIC_URL|BALANCER_URL|SECRET_KEY|LOG_LEVEL|TRUSTED_PROXIES|SOCKETS_PER_USER|SOCKETS_PER_IP|SOCKETS_PER_SECOND|SESSIONS_PER_LINK|DOCUMENT_ROOTS|UPLOADS_DIR|UPLOAD_\w+|S3_\w+)(_FILE)?$/

export interface TandemNode {
  /** Where it answers, without anything in front. */
  readonly url: string
  readonly child: Child
}

/** The program that makes a node, and what it wants to know beside the settings. */
export interface NodeProgram {
  readonly path: string
  readonly env?: Readonly<Record<string, string>>
}

const MAIN: NodeProgram = { path: join(root, 'apps/server/src/main.ts') }

/** Starts apps/server as `npm start` does. Resolves when it says that it is ready; throws with its log when it does not. */
export async function startTandemNode(
  name: string,
  settings: NodeSettings,
  logFile: string,
  program?: NodeProgram,
): Promise<TandemNode> {
  const { child, isReady } = spawnTandemNode(name, settings, logFile, program)
  await child.ready(isReady)
  return { url: `http://127.0.0.1:${settings.PORT}`, child }
}

/** The same, without waiting for anything: for whoever wants to see it fail, or to kill it on its way. */
export function spawnTandemNode(
  name: string,
  settings: NodeSettings,
  logFile: string,
  program: NodeProgram = MAIN,
): { readonly child: Child; isReady(): boolean } {
  const inherited = Object.entries(process.env).filter(([key]) => !SETTINGS.test(key)) // this node's settings are all given
  const child = new Child({
    name,
    command: workspaceNode,
    args: [program.path],
    env: { ...Object.fromEntries(inherited), HOST: '127.0.0.1', ...settings, ...program.env },
    logFile,
  })
  const before = child.log().length // an earlier life of this node may have written to the same file
  return { child, isReady: () => child.log().includes('Tandem is ready: ', before) }
}
