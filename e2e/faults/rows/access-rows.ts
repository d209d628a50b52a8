import { closeAll, lostWords, newDocument, writersOf, writing } from '../kept-work.ts'
import { sql } from '../psql.ts'
import { sayAccessChanged } from '../relayed-access.ts'
import { percentile, type Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import type { Writer } from '../writers.ts'

const MEMBERS = 4
const TYPE_EVERY_MS = 10

export const F45: Row = {
  id: 'F45',
  injection:
    'four people type on two nodes; their role is lowered to viewer, the link is revoked, their memberships are removed, in turn; then the same with Redis killed. The tables are changed, and the relay told, as the product’s own procedures will: there are none yet, nor a way to suspend somebody',
  promised:
    'everybody is told and stopped, nothing of theirs enters the log any more, what was refused is kept as a copy',
  passes: 'told p99 <= 1 s, without Redis <= 5 s; 0 rows after the revoke; 0 words lost',
  narrower:
    'the product cannot change roles or suspend people yet: the table is changed in SQL and a signed relay message tells of it',
  async run(stage, partMs) {
    stage.write()
    const tokens = await Promise.all(people(MEMBERS, 'member').map((name) => stage.cluster.token(name)))
    const told = await revocations(stage, tokens, partMs)
    await stage.cluster.redis.child.kill()
    await stage.until('both nodes know that they are alone', async () =>
      (await relayStates(stage)).every((state) => state === 'unwell'),
    )
    const alone = await revocations(stage, tokens, partMs)
    await stage.cluster.restartRedis()
    await stage.settled()
    return {
      revocations: told.count + alone.count,
      toldP99Ms: percentile(told.toldMs, 0.99),
      toldWithoutRedisP99Ms: percentile(alone.toldMs, 0.99),
      rowsAfterRevoke: told.rowsAfter + alone.rowsAfter,
      keptAsCopies: told.copies + alone.copies,
      lostWords: told.lost + alone.lost,
    }
  },
  met: ({
    toldP99Ms = Infinity,
    toldWithoutRedisP99Ms = Infinity,
    rowsAfterRevoke = 1,
    lostWords: lost = 1,
    ...rest
  }) =>
    toldP99Ms <= 1_000 &&
    toldWithoutRedisP99Ms <= 5_000 &&
    rowsAfterRevoke === 0 &&
    lost === 0 &&
    (rest['keptAsCopies'] ?? 0) > 0,
}

function people(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`)
}

async function relayStates(stage: Stage): Promise<string[]> {
  return Promise.all(
    stage.cluster.nodes.map(async ({ port }) => {
      const answer = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { relay: string }
      return answer.relay
    }),
  )
}

const OF_MEMBERS = `from "user" where email like 'member%@example.org'`

/** Ways to take away what a member may do: how it is before, and what is changed. */
const WAYS: readonly { before(documentId: string): string; revoke(documentId: string): string }[] = [
  { before: () => 'select 1', revoke: (id) => documentChange(id, `link_role = 'viewer'`) },
  { before: () => 'select 1', revoke: (id) => documentChange(id, 'link_role = null') },
  {
    before: (id) =>
      `insert into document_access (document_id, user_id, role) select '${id}', id, 'editor' ${OF_MEMBERS};
       ${documentChange(id, 'link_role = null')}`,
    revoke: (id) =>
      `delete from document_access where document_id = '${id}'; ${documentChange(id, 'deleted_at = null')}`,
  },
]

/** Appends compare the access version, so whatever is not in the log by then has to be judged again. Answers the head. */
function documentChange(documentId: string, change: string): string {
  return `update document set access_version = access_version + 1, ${change} where id = '${documentId}' returning head`
}

interface Revoked {
  readonly count: number
  readonly toldMs: readonly number[]
  readonly rowsAfter: number
  /** Members whose refused work became a copy. */
  readonly copies: number
  readonly lost: number
}

async function revocations(stage: Stage, tokens: readonly string[], durationMs: number): Promise<Revoked> {
  const rounds: Revoked[] = []
  const untilMs = performance.now() + durationMs
  while (performance.now() < untilMs || rounds.length < WAYS.length) {
    const way = WAYS[rounds.length % WAYS.length]
    if (way !== undefined) rounds.push(await revocation(stage, tokens, way))
  }
  const sum = (of: (round: Revoked) => number): number => rounds.reduce((total, round) => total + of(round), 0)
  return {
    count: rounds.length,
    toldMs: rounds.flatMap(({ toldMs }) => toldMs),
    rowsAfter: sum(({ rowsAfter }) => rowsAfter),
    copies: sum(({ copies }) => copies),
    lost: sum(({ lost }) => lost),
  }
}

async function revocation(stage: Stage, tokens: readonly string[], way: (typeof WAYS)[number]): Promise<Revoked> {
  const documentId = await newDocument(stage, 'Shared')
  await sql(stage, way.before(documentId))
  const members = await writersOf(documentId, { prefix: 'm', tokens, at: (index) => directly(stage, index) })
  try {
    await stage.until('they may write', () => members.every(({ isLive, isBarred }) => isLive && !isBarred))
    const stop = writing(members, { everyMs: TYPE_EVERY_MS, random: () => stage.random.fraction() })
    await stage.wait(200 + stage.random.fraction() * 300)
    const told = Promise.all(members.map(barred))
    const head = Number((await sql(stage, way.revoke(documentId))).split('\n').at(-1))
    const revokedMs = performance.now()
    if (stage.cluster.redis.child.running) await sayAccessChanged(stage, documentId)
    const toldMs = (await told).map((atMs) => Math.max(0, atMs - revokedMs))
    stop()
    await stage.wait(100)
    const rowsAfter = await sql(
      stage,
      `select count(*) from log_row where document_id = '${documentId}' and seq > ${head}`,
    )
    const lost = await lostWords(members, await stage.fresh(documentId))
    const texts = await Promise.all(members.map((member) => member.copiedText()))
    return {
      count: 1,
      toldMs,
      rowsAfter: Number(rowsAfter),
      copies: texts.filter((text) => text !== '').length,
      lost: lost.length,
    }
  } finally {
    await closeAll(members)
  }
}

/** The members alternate between the nodes. */
function directly({ cluster }: Stage, index: number): string {
  return `http://127.0.0.1:${cluster.node(index % cluster.nodes.length).port}`
}

/** Resolves with when it was told, ms. */
function barred(writer: Writer): Promise<number> {
  return new Promise((resolve) => {
    writer.subscribe(() => {
      if (writer.isBarred) resolve(performance.now())
    })
  })
}

const EDITORS = 5

export const F46: Row = {
  id: 'F46',
  injection:
    'a document is deleted while five people type in it on two nodes and a sixth has unsent words and no network; again and again (restoring a version and moving a document are not built)',
  promised: 'everybody is told that it was deleted and keeps their work as a copy; nothing brings it back',
  passes: 'told <= 2 s; 0 rows afterwards; it opens for nobody; 0 words lost',
  narrower: 'restoring a version and moving a document are not built',
  async run(stage, partMs) {
    stage.write()
    const tokens = await Promise.all(people(EDITORS + 1, 'editor').map((name) => stage.cluster.token(name)))
    const rounds: Deleted[] = []
    const untilMs = performance.now() + partMs * 2
    while (performance.now() < untilMs) rounds.push(await deletion(stage, tokens))
    await stage.settled()
    const sum = (of: (round: Deleted) => number): number => rounds.reduce((total, round) => total + of(round), 0)
    return {
      deletions: rounds.length,
      toldMaxMs: Math.max(...rounds.map(({ toldMs }) => toldMs)),
      returningToldMaxMs: Math.max(...rounds.map(({ returningToldMs }) => returningToldMs)),
      wrongReasons: sum(({ wrongReasons }) => wrongReasons),
      rowsAfter: sum(({ rowsAfter }) => rowsAfter),
      opened: sum(({ opened }) => opened),
      lostWords: sum(({ lost }) => lost),
    }
  },
  met: ({ toldMaxMs = Infinity, wrongReasons = 1, rowsAfter = 1, opened = 1, lostWords: lost = 1 }) =>
    toldMaxMs <= 2_000 && wrongReasons + rowsAfter + opened + lost === 0,
}

interface Deleted {
  readonly toldMs: number
  /** The one without network, from its return. */
  readonly returningToldMs: number
  /** People who were told something else than that it was deleted. */
  readonly wrongReasons: number
  readonly rowsAfter: number
  readonly opened: number
  readonly lost: number
}

async function deletion(stage: Stage, tokens: readonly string[]): Promise<Deleted> {
  const documentId = await newDocument(stage, 'To be deleted')
  const line = await TcpProxy.before(stage.cluster.node(1).port)
  const at = (index: number): string => (index === EDITORS ? `http://127.0.0.1:${line.port}` : directly(stage, index))
  const writers = await writersOf(documentId, { prefix: 'e', tokens, at })
  const [editors, away] = [writers.slice(0, EDITORS), writers.slice(EDITORS)]
  const owner = stage.client()
  try {
    const stop = writing(writers, { everyMs: TYPE_EVERY_MS, random: () => stage.random.fraction() })
    await stage.wait(200)
    line.mode = { kind: 'refuse' }
    line.reset()
    await stage.wait(200 + stage.random.fraction() * 300)
    const told = Promise.all(editors.map(barred))
    await owner.api.documents.delete.mutate({ documentId })
    const [deletedMs, head] = [performance.now(), await logHead(stage, documentId)]
    const toldMs = Math.max(...(await told)) - deletedMs
    stop()
    line.mode = { kind: 'pass' }
    const returningToldMs = await stage.until('who was away is told', () => away.every(({ isBarred }) => isBarred))
    await stage.wait(200)
    const reasons = writers.map(({ error }) => (error !== undefined && 'code' in error ? error.code : undefined))
    const opened = await owner
      .document(documentId)
      .whenOpen()
      .then(
        () => 1,
        () => 0,
      )
    return {
      toldMs,
      returningToldMs,
      wrongReasons: reasons.filter((code) => code !== 'document-deleted' && code !== 'unknown-document').length,
      rowsAfter: (await logHead(stage, documentId)) - head,
      opened,
      lost: (await lostWords(writers, '')).length,
    }
  } finally {
    await Promise.all([closeAll(writers), owner.close()])
    await line.close()
  }
}

/** Rows stay when a document is deleted. */
async function logHead(stage: Stage, documentId: string): Promise<number> {
  return Number(await sql(stage, `select count(*) from log_row where document_id = '${documentId}'`))
}
