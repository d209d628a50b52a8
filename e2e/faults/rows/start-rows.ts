import { join } from 'node:path'
import type { SqliteRow } from '../row.ts'
import { SqliteNode, type SqliteCluster } from '../sqlite-stage.ts'
import type { Stage } from '../stage.ts'

type SqliteStage = Stage<SqliteCluster>

const LONGEST_START_MS = 1_500

export const F6: SqliteRow = {
  id: 'F6',
  on: 'SQLite',
  injection: 'a second node is started on the same data folder, again and again',
  promised: 'the second refuses and names the first',
  passes: 'each refusal <= 2 s with the pid of the first; nothing lost',
  async run(stage, partMs) {
    const { node } = stage.cluster
    stage.write()
    const refusals: number[] = []
    let nameless = 0
    const untilMs = performance.now() + partMs
    while (performance.now() < untilMs) {
      const startedMs = performance.now()
      const said = await node.startAnother()
      refusals.push(performance.now() - startedMs)
      if (!said.includes(`in use by another node (process ${node.pid})`)) nameless += 1
    }
    await stage.settled()
    return { refusals: refusals.length, refusalMaxMs: Math.max(...refusals), refusalsWithoutPid: nameless }
  },
  met: ({ refusalMaxMs = Infinity, refusalsWithoutPid = 1 }) => refusalMaxMs <= 2_000 && refusalsWithoutPid === 0,
}

export const F7: SqliteRow = {
  id: 'F7',
  on: 'SQLite',
  injection: '`kill -9` at a random moment of the first start, and of the start after a document was written',
  promised: 'the next start works and has everything',
  passes: '20 of 20',
  async run(stage, partMs) {
    const rounds = Math.ceil(partMs / 1_000)
    let whole = 0
    for (let round = 0; round < rounds; round += 1) {
      const node = await SqliteNode.prepare(`first-${round}`, join(stage.cluster.folder, `first-${round}`))
      const startMs = await firstStart(stage, node)
      const token = (await node.cli('token', '--user', 'ann@example.org', '--name', 'Ann')).split('\n').at(-1) ?? ''
      const documentId = await createDocument(node, token)
      await node.kill()
      await node.startAndKill(stage.random.fraction() * startMs)
      await node.start()
      if (await hasDocument(node, token, documentId)) whole += 1
      await node.kill()
    }
    return { rounds, whole }
  },
  met: ({ rounds = 0, whole = 0 }) => rounds >= 20 && whole === rounds,
}

/** Killed on its way, then left alone. How long the second try took, ms. */
async function firstStart(stage: SqliteStage, node: SqliteNode): Promise<number> {
  await node.startAndKill(stage.random.fraction() * LONGEST_START_MS)
  const startedMs = performance.now()
  await node.start()
  return performance.now() - startedMs
}

async function createDocument(node: SqliteNode, token: string): Promise<string> {
  const client = node.client(token)
  try {
    return (await client.api.documents.create.mutate({ title: 'Kept' })).documentId
  } finally {
    await client.close()
  }
}

async function hasDocument(node: SqliteNode, token: string, documentId: string): Promise<boolean> {
  const client = node.client(token)
  try {
    const handle = client.document(documentId)
    await handle.whenOpen()
    return handle.getSnapshot().status === 'open'
  } finally {
    await client.close()
  }
}
