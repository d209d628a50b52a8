// A node that restarts when its sources change (on PORT 4000, where Vite's proxy looks for it), and Vite itself.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root, workspaceNode } from './parts/workspace.mjs'

const programs = [
  { args: ['--watch', '--watch-preserve-output', join(root, 'apps/server/src/main.ts')], cwd: root },
  { args: [join(root, 'apps/web/node_modules/vite/bin/vite.js')], cwd: join(root, 'apps/web') },
]
const children = programs.map(({ args, cwd }) =>
  spawn(workspaceNode, args, {
    cwd,
    stdio: 'inherit',
    env: { DATA_DIR: join(root, 'data'), ...process.env, PORT: '4000' },
  }),
)
const stop = (): void => {
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
// One without the other is of no use.
for (const child of children) child.once('exit', stop)
