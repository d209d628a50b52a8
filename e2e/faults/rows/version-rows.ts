import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import { binaryEncoder, PROTOCOL_VERSION } from '@tandem/sync'
import * as Y from 'yjs'
import { lostWords, newDocument, writing } from '../kept-work.ts'
import { sql } from '../psql.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { SCHEMA_VERSION, Writer } from '../writers.ts'

const FRAGMENT = 'body'
const KNOWN_TO_OLD = new Set(['paragraph'])

export const F42: Row = {
  id: 'F42',
  injection:
    'three pages of schema N-1, two of them open and one that comes later, in a document into which a page of N writes a node and a mark that they do not know; each deletes at once what it cannot read, as y-prosemirror does. Their editor is imitated here; the real one, its banner and “Reload” are looked at by e2e/read-only.spec.ts in every `npm test`',
  promised:
    'they turn read-only before that arrives; nothing that they do to it leaves them, nor is kept for the page after the reload',
  passes: 'rows of theirs 0; unsent of theirs 0; the content is what the newer page wrote',
  async run(stage, partMs) {
    stage.write()
    const tokens = [await stage.cluster.token('old'), await stage.cluster.token('new')] as const
    const rounds: Narrowed[] = []
    const untilMs = performance.now() + partMs * 2
    while (performance.now() < untilMs) rounds.push(await narrowed(stage, tokens))
    await stage.settled()
    const sum = (of: (round: Narrowed) => number): number => rounds.reduce((total, round) => total + of(round), 0)
    return {
      documents: rounds.length,
      deletedOnOldPages: sum(({ deleted }) => deleted),
      rowsOfOldPages: sum(({ rows }) => rows),
      unsentOfOldPages: sum(({ unsent }) => unsent),
      changedContents: sum(({ changed }) => changed),
      writableOldPages: sum(({ writable }) => writable),
    }
  },
  met: ({
    deletedOnOldPages = 0,
    rowsOfOldPages = 1,
    unsentOfOldPages = 1,
    changedContents = 1,
    writableOldPages = 1,
  }) => deletedOnOldPages > 0 && rowsOfOldPages + unsentOfOldPages + changedContents + writableOldPages === 0,
}

interface Narrowed {
  /** Nodes that the old pages deleted from their own copies: the harm that must not spread. */
  readonly deleted: number
  readonly rows: number
  readonly unsent: number
  readonly changed: number
  readonly writable: number
}

async function narrowed(stage: Stage, [oldToken, newToken]: readonly [string, string]): Promise<Narrowed> {
  const documentId = await newDocument(stage, 'Newer')
  const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
  const open = (node: { port: number }, token: string, schemaVersion: number): Promise<Page> =>
    Page.open({ url: `http://127.0.0.1:${node.port}`, token, schemaVersion, documentId })
  const olds = [await open(a, oldToken, SCHEMA_VERSION), await open(b, oldToken, SCHEMA_VERSION)]
  const newer = await open(b, newToken, SCHEMA_VERSION + 1)
  try {
    for (const page of olds) page.narrow()
    await Promise.all(olds.map((page) => page.append('paragraph', 'from before')))
    const head = Number(await sql(stage, `select head from document where id = '${documentId}'`))
    await newer.append('callout', 'what only the newer page can read')
    const written = newer.content
    await stage.until('the old pages are read-only', () => olds.every(({ readOnly }) => readOnly))
    const late = await open(a, oldToken, SCHEMA_VERSION)
    olds.push(late)
    late.narrow()
    await stage.until('what is newer has reached the old pages', () => olds.every(({ deleted }) => deleted > 0))
    await stage.wait(500)
    const rows = `select count(*) from log_row where document_id = '${documentId}' and seq > ${head} and user_id = (select id from "user" where email = 'old@example.org')`
    const fresh = await open(a, newToken, SCHEMA_VERSION + 1)
    const changed = newer.content === written && fresh.content === written ? 0 : 1
    await fresh.close()
    return {
      deleted: olds.reduce((sum, { deleted }) => sum + deleted, 0),
      rows: Number(await sql(stage, rows)),
      unsent: olds.reduce((sum, { unsent }) => sum + unsent, 0),
      changed,
      writable: olds.filter(({ readOnly }) => !readOnly).length,
    }
  } finally {
    await Promise.all([...olds, newer].map((page) => page.close()))
  }
}

/** A page of some version with the document open, and what its editor would do to it. */
class Page {
  readonly #client: TandemClient
  readonly #handle: DocumentHandle
  #deleted = 0

  private constructor(client: TandemClient, handle: DocumentHandle) {
    this.#client = client
    this.#handle = handle
  }

  static async open(options: { url: string; token: string; schemaVersion: number; documentId: string }): Promise<Page> {
    const client = createClient({ ...options, storage: 'memory' })
    const handle = client.document(options.documentId)
    await handle.whenOpen()
    return new Page(client, handle)
  }

  get deleted(): number {
    return this.#deleted
  }

  get readOnly(): boolean {
    const view = this.#handle.getSnapshot()
    return view.status !== 'open' || view.readOnly
  }

  get unsent(): number {
    const view = this.#handle.getSnapshot()
    return view.status === 'open' ? view.unsentCount : 0
  }

  get content(): string {
    return this.#fragment.toString()
  }

  get #fragment(): Y.XmlFragment {
    return this.#handle.doc.getXmlFragment(FRAGMENT)
  }

  /** Resolves when it is saved. */
  async append(nodeName: string, words: string): Promise<void> {
    const element = new Y.XmlElement(nodeName)
    const text = new Y.XmlText(words)
    element.insert(0, [text])
    this.#fragment.push([element])
    text.format(0, 4, { [nodeName === 'paragraph' ? 'bold' : 'glow']: {} })
    await this.#handle.whenSaved()
  }

  /** From here on it deletes what a page of its version cannot read, now and whenever something arrives. */
  narrow(): void {
    const remove = (): void => {
      for (let at = this.#fragment.length - 1; at >= 0; at -= 1) {
        const node = this.#fragment.get(at)
        if (!(node instanceof Y.XmlElement) || KNOWN_TO_OLD.has(node.nodeName)) continue
        this.#fragment.delete(at, 1)
        this.#deleted += 1
      }
    }
    this.#fragment.observeDeep(remove)
    remove()
  }

  async close(): Promise<void> {
    await this.#client.close()
  }
}

export const F43: Row = {
  id: 'F43',
  injection:
    'pages that say protocol N-1 and N+1 (the same client, its number changed on the wire) join and type; pages of schema N and N+1 write into one document. Older code itself is not run: there is one release',
  promised:
    'another protocol is refused as too old, once; another schema works until the newer one has written, then the older pages stop',
  passes:
    'each refused with client-too-old over one socket; the newer pages write on; no crash, 0 words lost by who may write',
  narrower: 'the same code with its number changed on the wire, half of the run for each part, not 60 s',
  async run(stage, partMs) {
    stage.write()
    const strangers = await refusedProtocols(stage, partMs)
    const mixed = await mixedSchemas(stage, partMs)
    await stage.settled()
    return { ...strangers, ...mixed }
  },
  met: ({ refused = 0, socketsPerRefused = 2, newerStopped = 1, olderGoOn = 1, lostWords: lost = 1 }) =>
    refused === 4 && socketsPerRefused === 1 && newerStopped + olderGoOn + lost === 0,
}

/** Two of N-1 and two of N+1, on each node one. */
async function refusedProtocols(
  stage: Stage,
  durationMs: number,
): Promise<{ refused: number; socketsPerRefused: number }> {
  const token = await stage.cluster.token('stranger')
  const documentId = await newDocument(stage, 'Other protocol')
  let sockets = 0
  const clients = [-1, 1].flatMap((by) =>
    stage.cluster.nodes.map(({ port }) =>
      createClient({
        url: `http://127.0.0.1:${port}`,
        token,
        schemaVersion: SCHEMA_VERSION,
        storage: 'memory',
        WebSocket: speaking(PROTOCOL_VERSION + by, () => (sockets += 1)),
      }),
    ),
  )
  try {
    const handles = clients.map((client) => client.document(documentId))
    for (const handle of handles) {
      handle.open()
      handle.doc.getText('faults').insert(0, 'typed before it knew')
    }
    await stage.wait(durationMs)
    const codes = handles.map((handle) => {
      const view = handle.getSnapshot()
      return view.status === 'failed' ? view.error.code : view.status
    })
    return {
      refused: codes.filter((code) => code === 'client-too-old').length,
      socketsPerRefused: sockets / clients.length,
    }
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

/** A WebSocket that changes the protocol's number in every join that it sends. */
function speaking(protocolVersion: number, opened: () => void): typeof WebSocket {
  const encoder = binaryEncoder()
  return class extends WebSocket {
    constructor(url: string | URL) {
      super(url)
      opened()
    }

    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (!(data instanceof Uint8Array)) return super.send(data)
      const message = encoder.decode(data) as { params?: { input?: { protocolVersion?: number } } }
      const input = message.params?.input
      if (input?.protocolVersion !== undefined) input.protocolVersion = protocolVersion
      super.send(encoder.encode(message))
    }
  }
}

async function mixedSchemas(
  stage: Stage,
  durationMs: number,
): Promise<{ newerStopped: number; olderGoOn: number; lostWords: number }> {
  const token = await stage.cluster.token('mixed')
  const documentId = await newDocument(stage, 'Two schemas')
  const writers = [SCHEMA_VERSION, SCHEMA_VERSION + 1].flatMap((schemaVersion) =>
    stage.cluster.nodes.map(
      (node) =>
        new Writer({
          name: `v${schemaVersion}${node.name}`,
          token,
          documentId,
          schemaVersion,
          node: { url: `http://127.0.0.1:${node.port}` },
        }),
    ),
  )
  const [older, newer] = [writers.slice(0, 2), writers.slice(2)]
  try {
    await Promise.all(writers.map((writer) => writer.ready()))
    const random = (): number => stage.random.fraction()
    const stopOlder = writing(older, { everyMs: 50, random })
    await stage.wait(durationMs / 2)
    const stopNewer = writing(newer, { everyMs: 50, random })
    await stage.wait(durationMs / 2)
    stopOlder()
    stopNewer()
    await stage.until('the newer pages are saved', () => newer.every(({ saving }) => saving === 'saved'))
    const text = await stage.fresh(documentId)
    return {
      newerStopped: newer.filter(({ isBarred }) => isBarred).length,
      olderGoOn: older.filter(({ isBarred }) => !isBarred).length,
      lostWords:
        (await lostWords(newer, text)).length +
        older.flatMap(({ savedTyped }) => [...savedTyped]).filter((word) => !text.includes(word)).length,
    }
  } finally {
    await Promise.all(writers.map((writer) => writer.close()))
  }
}
