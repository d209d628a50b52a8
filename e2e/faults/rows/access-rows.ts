import { closeAll, lostWords, newDocument, writersOf, writing } from '../kept-work.ts'
import { sql } from '../psql.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import type { Writer } from '../writers.ts'

const TYPE_EVERY_MS = 10

export function people(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`)
}

/** People alternate between the nodes. */
export function directly({ cluster }: Stage, index: number): string {
  return `http://127.0.0.1:${cluster.node(index % cluster.nodes.length).port}`
}

/** Resolves with when it was told, ms. */
export function barred(writer: Writer): Promise<number> {
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
