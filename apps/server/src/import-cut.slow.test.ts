import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../../scripts/parts/ports.ts'
import { startTandemNode, type NodeProgram, type TandemNode } from '../../../scripts/parts/tandem-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'tandem-import-'))
let node: TandemNode | undefined
afterEach(async () => {
  await node?.child.stop()
  rmSync(folder, { recursive: true, force: true })
})

const DYING: NodeProgram = {
  path: join(import.meta.dirname, '../test/faulty-node.ts'),
  env: { FAULT: 'after_commit_before_ack' },
}

async function start(program?: NodeProgram): Promise<string> {
  const port = await freePort()
  const settings = {
    PORT: `${port}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    SECRET_KEY: 'a secret for tests, and for nothing else',
    DATA_DIR: folder,
  }
  node = await startTandemNode('the node', settings, join(folder, 'node.log'), program)
  return settings.PUBLIC_URL
}

function asked(url: string, path: string, options: { cookie?: string; body?: object } = {}): Promise<Response> {
  const { cookie, body } = options
  const headers = { 'content-type': 'application/json', 'x-tandem': '1', origin: url, ...(cookie && { cookie }) }
  return fetch(`${url}${path}`, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) })
}

/** Every row of these tables that belongs to some document. */
function stored(): Record<string, number> {
  const database = new DatabaseSync(join(folder, 'tandem.db'))
  try {
    const count = (table: string): number => Number(database.prepare(`select count(*) as c from ${table}`).get()?.['c'])
    return { documents: count('document'), rows: count('log_row'), clientIds: count('client_id') }
  } finally {
    database.close()
  }
}

test(
  'an import whose node is killed in the middle leaves no document and nothing of one',
  { timeout: 60_000 },
  async () => {
    const url = await start(DYING)
    const signedIn = await asked(url, '/api/auth/sign-in/anonymous', { body: {} })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const markdown = Array.from({ length: 3_000 }, (_, line) => `Paragraph ${line} with **something** to say.\n`).join(
      '\n',
    )
    if (node !== undefined) process.kill(node.child.pid, 'SIGUSR2')
    const body = { markdown: Buffer.from(markdown).toString('base64') }
    await expect(asked(url, '/trpc/documents.import', { cookie, body })).rejects.toThrow('fetch failed')
    expect(await node?.child.ended).toBe('SIGKILL')
    expect(stored()).toEqual({ documents: 1, rows: 1, clientIds: 1 })
    const again = await start()
    expect(stored()).toEqual({ documents: 0, rows: 0, clientIds: 0 })
    const list = (await (await asked(again, '/trpc/documents.list', { cookie })).json()) as {
      result: { data: unknown[] }
    }
    expect(list.result.data).toEqual([])
  },
)
