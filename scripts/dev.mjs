// `npm run dev`: a node that restarts when its sources change, and the page served by Vite on http://localhost:5173.
import './parts/require-node.mjs'

void import('./parts/workspace.mjs').then(async ({ install, handOver }) => {
  install()
  await handOver('scripts/dev.ts')
})
