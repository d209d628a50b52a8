// `npm run cluster`: Redis, PostgreSQL, three nodes and nginx on this machine, behind one URL.
import './parts/require-node.mjs'

void Promise.all([import('./parts/workspace.mjs'), import('./parts/machine.mjs')]).then(
  async ([workspace, machine]) => {
    machine.bring(['redis-server', 'postgresql', 'nginx'])
    workspace.install()
    workspace.buildPage()
    await workspace.handOver('scripts/cluster.ts')
  },
)
