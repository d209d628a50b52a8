import { once } from 'node:events'
import { FRAGMENT } from '@tandem/schema/version'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import { binaryEncoder, PROTOCOL_VERSION } from '@tandem/sync'
import * as Y from 'yjs'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { testNode, type TestNode } from '../test/node-fixture.ts'

/**
 * Conformance: one script of raw tRPC messages against a node that takes the fast lane and one that does not. Whatever a
 * client can see of the two is the same, but for how changes are gathered into frames, which is chance in both.
 */

const { encode, decode } = binaryEncoder()

interface Answer {
  readonly id: number | string | null
  readonly result?: { readonly type: string; readonly data?: unknown }
  readonly error?: unknown
}

type Changes = Record<'updates' | 'presence' | 'events', unknown[] | undefined> & {
  type: string
  fromSeq: number
  head: number
}

/** A page that speaks the wire by hand and keeps every answer. */
class RawPage {
  readonly answers: Answer[] = []
  readonly #socket: WebSocket
  readonly #waiting = new Set<() => void>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      this.answers.push(decode(data) as Answer)
      for (const look of this.#waiting) look()
      this.#waiting.clear()
    })
  }

  static async open(node: TestNode, cookie: string): Promise<RawPage> {
    const socket = new WebSocket(`${node.url.replace('http', 'ws')}/live`, { headers: { cookie, origin: node.url } })
    const page = new RawPage(socket)
    await once(socket, 'open')
    return page
  }

  send(message: unknown): void {
    this.#socket.send(encode(message))
  }

  call(id: number | string, path: string, input: unknown, more: object = {}): void {
    this.send({ id, method: 'mutation', params: { path, input }, ...more })
  }

  async until(found: (answers: readonly Answer[]) => boolean): Promise<void> {
    while (!found(this.answers)) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  answered(...ids: readonly (number | string)[]): Promise<void> {
    return this.until((answers) => ids.every((id) => answers.some((answer) => answer.id === id)))
  }

  frames(id: number): readonly Changes[] {
    return this.answers.flatMap((answer) => (answer.id === id ? ((answer.result?.data as Changes) ?? []) : []))
  }

  /** Resolves when a session has been told of everything through this seq. */
  reaches(id: number, head: number): Promise<void> {
    return this.until(() => this.frames(id).some((frame) => frame.type === 'changes' && frame.head >= head))
  }

  close(): void {
    this.#socket.terminate()
  }

  /** By request, in order; changes next to each other are one, with who is here after them. */
  transcript(): unknown {
    const ids = [...new Set(this.answers.map(({ id }) => id))].sort((one, other) =>
      String(one).localeCompare(String(other)),
    )
    return ids.map((id) => {
      const said: unknown[] = []
      let gathered = new Gathered()
      for (const answer of this.answers.filter((one) => one.id === id)) {
        const frame = answer.result?.data as Changes | undefined
        if (frame?.type === 'changes') {
          gathered.add(frame)
          continue
        }
        said.push(...gathered.said(), answer)
        gathered = new Gathered()
      }
      return { id, said: [...said, ...gathered.said()] }
    })
  }
}

/** What a run of changes amounts to. */
class Gathered {
  #last: Changes | undefined
  readonly #updates: unknown[] = []
  readonly #events: unknown[] = []
  readonly #present = new Map<string, unknown>()

  add(frame: Changes): void {
    this.#last = frame
    this.#updates.push(...(frame.updates ?? []))
    this.#events.push(...(frame.events ?? []).filter((event) => !isLastHint(event)))
    for (const entry of (frame.presence ?? []) as { sessionId: string; gone?: true }[])
      if (entry.gone === true) this.#present.delete(entry.sessionId)
      else this.#present.set(entry.sessionId, entry)
  }

  said(): unknown[] {
    if (this.#last === undefined) return []
    const { updates: _, events: __, presence: ___, fromSeq: ____, ...rest } = this.#last
    return [{ ...rest, updates: this.#updates, events: this.#events, present: [...this.#present.values()] }]
  }
}

/** That it was deleted ends the session; whether the hint that says so still leaves before that is chance in both. */
function isLastHint(event: unknown): boolean {
  return (event as { name: string }).name === 'documentDeleted'
}

/** Ids that chance has made become names in the order of their appearance; bytes become hexadecimal. */
function withoutChance(transcript: unknown): string {
  const names = new Map<string, string>()
  const text = JSON.stringify(
    transcript,
    (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value),
    1,
  )
  // Two guests may have been given the same name or colour.
  const alike = text
    .replaceAll(/"color": "#\w{6}"/g, '"color": "any"')
    .replaceAll(/("userId": "[^"]+",\s+"name": )"[^"]+"/g, '$1"any"')
    .replaceAll(/"heldMs": \d+\n/g, '"heldMs": "any"\n')
  return alike.replaceAll(
    /"(epoch|check|sessionId|userId|documentId)": "([^"]+)"/g,
    (_, key: string, value: string) => {
      const name = names.get(value) ?? `${key} ${names.size}`
      names.set(value, name)
      return `"${key}": "${name}"`
    },
  )
}

function typist(): (text: string) => Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 4_711
  let typed: Uint8Array = new Uint8Array()
  doc.on('update', (update: Uint8Array) => (typed = update))
  return (text) => {
    doc.getXmlFragment(FRAGMENT).insert(0, [new Y.XmlText(text)])
    return typed
  }
}

async function script(node: TestNode): Promise<{ ann: string; bob: string; flood: readonly string[] }> {
  const [annsBrowser, bobsBrowser] = [await node.visitor(), await node.visitor()]
  const { documentId } = await annsBrowser.http.documents.create.mutate({ title: 'Both lanes' })
  const [ann, bob] = [await RawPage.open(node, annsBrowser.cookie), await RawPage.open(node, bobsBrowser.cookie)]
  const type = typist()
  const join = { documentId, protocolVersion: PROTOCOL_VERSION, schemaVersion: SCHEMA_VERSION }
  const subscribe = (page: RawPage, name: string, more: object = {}): void =>
    page.send({
      id: 1,
      method: 'subscription',
      params: { path: 'document.join', input: { ...join, replicaId: `replica-${name}`, ...more } },
    })
  subscribe(ann, 'ann')
  await ann.until(() => ann.frames(1).length > 0)
  subscribe(bob, 'bob')
  await bob.until(() => bob.frames(1).length > 0)
  const { epoch, sessionId } = ann.frames(1)[0] as unknown as { epoch: string; sessionId: string }
  const push = { documentId, epoch, replicaId: 'replica-ann', schemaVersion: SCHEMA_VERSION }

  const first = type('one')
  ann.call(2, 'document.push', { ...push, pushId: 1, update: first })
  await Promise.all([ann.answered(2), bob.reaches(1, 1)])
  ann.call(3, 'document.push', { ...push, pushId: 1, update: first }) // a repeat
  ann.call(4, 'document.push', { ...push, pushId: 1, update: new Uint8Array([0, 0]) }) // the same id, other bytes
  ann.call(5, 'document.push', { ...push, pushId: 2, update: new Uint8Array([7, 7, 7]) }) // not an update
  ann.call(6, 'document.push', { ...push, pushId: 2, update: first, sentBy: 'ann' }) // an unknown key
  ann.call(7, 'document.push', { ...push, pushId: 2, update: first, documentId: 'no-such-document' })
  ann.call(8, 'document.push', 'nothing of the kind')
  ann.call(9, 'document.presence', { documentId, sessionId: 'another-session', caret: null })
  ann.call(10, 'document.presence', { documentId, sessionId, caret: { anchor: 1, head: 'x' } })
  ann.call(11, 'constructor', { documentId })
  await ann.answered(3, 4, 5, 6, 7, 8, 9, 10, 11)
  ann.call(12, 'document.presence', { documentId, sessionId, caret: null })
  await Promise.all([ann.answered(12), bob.until(() => bob.frames(1).some(({ presence }) => presence !== undefined))])

  const call = (id: number, path: string, input: unknown): object => ({
    id,
    method: 'mutation',
    params: { path, input },
  })
  ann.send([
    call(13, 'document.push', { ...push, pushId: 2, update: type('two') }),
    call(14, 'documents.rename', { documentId, title: 'Renamed' }),
    call(15, 'document.presence', { documentId, sessionId, caret: null }),
    call(16, 'document.nothing', {}),
  ])
  await ann.answered(13, 14, 15, 16)
  ann.send([])
  ann.call(17, 'document.push', { ...push, pushId: 3, update: type('three') }, { jsonrpc: '2.0' })
  await ann.answered(17)
  ann.call('eighteen', 'document.push', { ...push, pushId: 4, update: type('four') })
  await Promise.all([ann.answered('eighteen'), bob.reaches(1, 4), ann.reaches(1, 4)])
  await bob.until(() => bob.frames(1).some(({ events }) => events !== undefined))

  bob.send({ id: 1, method: 'subscription.stop' })
  await bob.until((answers) => answers.some(({ result }) => result?.type === 'stopped'))
  ann.call(19, 'document.push', { ...push, pushId: 5, update: type('five') })
  await Promise.all([ann.answered(19), ann.reaches(1, 5)])
  const before = bob.frames(1).at(-1) as unknown as { head: number; check: string }
  subscribe(bob, 'bob', { resume: { epoch, seq: before.head, check: before.check } })
  await bob.reaches(1, 5)
  const back = bob.frames(1).findLast(({ type }) => type === 'welcome') as unknown as { sessionId: string }
  await ann.until(() => JSON.stringify(ann.frames(1).map(({ presence }) => presence)).includes(back.sessionId))
  await annsBrowser.http.documents.delete.mutate({ documentId })
  const isOver = (answers: readonly Answer[]): boolean => {
    const said = answers.filter(({ id }) => id === 1)
    return said.some(({ error }) => error !== undefined) && said.at(-1)?.result?.type === 'stopped'
  }
  await Promise.all([ann.until(isOver), bob.until(isOver)])
  ann.call(20, 'document.push', { ...push, pushId: 6, update: type('six') })
  await ann.answered(20)
  const said = { ann: withoutChance(ann.transcript()), bob: withoutChance(bob.transcript()) }

  const flooding = Array.from({ length: 200 }, (_, index) => 1_000 + index)
  for (const id of flooding) ann.call(id, 'document.presence', { documentId, sessionId, caret: null })
  await ann.answered(...flooding)
  const outcomes = ann.answers.filter(({ id }) => typeof id === 'number' && id >= 1_000)
  ann.close()
  bob.close()
  // How many pass depends on how long it took; what there is to be said does not.
  return { ...said, flood: [...new Set(outcomes.map(({ id: _, ...said }) => JSON.stringify(said)))].sort() }
}

test('a client cannot tell the fast lane from tRPC’s own: every answer, error, frame and ending is the same', async () => {
  const [fast, plain] = [await testNode({ fastLane: true }), await testNode({ fastLane: false })]
  try {
    const [byLane, byTrpc] = [await script(fast), await script(plain)]
    expect(byLane.ann).toBe(byTrpc.ann)
    expect(byLane.ann).toContain('"heldMs": "any"') // of both lanes
    expect(byLane.bob).toBe(byTrpc.bob)
    expect(byLane.flood).toEqual(byTrpc.flood)
    expect(byLane.flood.some((outcome) => outcome.includes('LIMITS.presencePerSecond'))).toBe(true)
  } finally {
    await Promise.all([fast.close(), plain.close()])
  }
})
