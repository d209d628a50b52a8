// `npm test`: brings what the tests need, then runs all of them. The last line is the count.
import './parts/require-node.mjs'

void Promise.all([import('./parts/workspace.mjs'), import('./parts/machine.mjs')]).then(
  async ([workspace, machine]) => {
    machine.bring(['redis-server', 'postgresql', 'nginx', 'chromium'])
    workspace.install()
    await workspace.handOver('scripts/test.ts')
  },
)
