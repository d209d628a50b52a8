import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from './child.ts'
import { accepts } from './ports.ts'
import { root } from './workspace.mjs'

export interface NginxOptions {
  readonly folder: string
  readonly port: number
  /** `host:port` of every node. */
  readonly nodes: readonly string[]
  /** Address or name to listen on. */
  readonly host: string
}

/** nginx as the compose file runs it: docker/nginx.sh with docker/nginx.conf.template. */
export async function startNginx({ folder, port, nodes, host }: NginxOptions): Promise<Child> {
  mkdirSync(folder, { recursive: true })
  const child = new Child({
    name: 'nginx',
    command: join(root, 'docker/nginx.sh'),
    // Its workers would lower themselves to a user who may not see this folder.
    args: process.getuid?.() === 0 ? ['-g', 'user root;'] : [],
    env: {
      ...process.env,
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      TANDEM_NODES: nodes.join(' '),
      TANDEM_LISTEN: `${host}:${port}`,
      TANDEM_RUN: folder,
    },
    logFile: join(folder, 'nginx.log'),
  })
  await child.ready(() => accepts(port))
  return child
}
