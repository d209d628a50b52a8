// `npm start`: one node on embedded SQLite, from a fresh clone. Everything that is missing is brought first.
import './parts/require-node.mjs'

void import('./parts/workspace.mjs').then(async ({ install, buildPage, handOver, root }) => {
  install()
  buildPage()
  await handOver('apps/server/src/main.ts', { DATA_DIR: process.env.DATA_DIR || `${root}/data` })
})
