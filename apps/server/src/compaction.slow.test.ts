import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import type { DamageFound } from '@tandem/store'
import { DocumentId, PROTOCOL_VERSION, ReplicaId, type Frame } from '@tandem/sync'
import * as Y from 'yjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Heard, testNode, type TestNode } from '../test/node-fixture.ts'
import { WorkerCompactor } from './compaction.ts'
import { createLog } from './log.ts'

let node: TestNode
let compactor: WorkerCompactor
const damages: DamageFound[] = []
beforeAll(async () => {
  node = await testNode()
  compactor = new WorkerCompactor({
    location: { dialect: 'sqlite', path: join(node.dataDir, 'tandem.db') },
    log: createLog('silent'),
    onDamage: (damage) => damages.push(damage),
  })
})
afterAll(async () => {
  await compactor.close()
  await node.close()
})

test(
  'a document is compacted beside the running node; asking twice at once is asking once',
  { timeout: 30_000 },
  async () => {
    const ann = await node.visitor()
    const { documentId } = await ann.http.documents.create.mutate({})
    const frames = new Heard<Frame>()
    const replicaId = ReplicaId.parse('replica-ann')
    const input = { documentId, replicaId, protocolVersion: PROTOCOL_VERSION, schemaVersion: SCHEMA_VERSION }
    ann.live.document.join.subscribe(input, { onData: (frame) => frames.add(frame as unknown as Frame) })
    const welcome = await frames.until(({ type }) => type === 'welcome')
    if (welcome.type !== 'welcome') throw new Error('unreachable')
    const doc = new Y.Doc()
    doc.getXmlFragment('body').insert(0, [new Y.XmlElement('paragraph')])
    const update = Y.encodeStateAsUpdate(doc)
    await ann.live.document.push.mutate({
      documentId,
      epoch: welcome.epoch,
      replicaId,
      pushId: 1,
      update,
      schemaVersion: SCHEMA_VERSION,
    })

    // The first keeps the worker busy, so that the others wait.
    const busy = compactor.request(DocumentId.parse('no-such-document'))
    const [first, second] = [compactor.request(documentId), compactor.request(documentId)]
    expect(first).toBe(second)
    expect(await busy).toBeUndefined()
    expect(await first).toEqual({ throughSeq: 1, bytes: expect.any(Number), structs: 1 })

    const { epoch } = welcome
    await ann.live.document.push.mutate({
      documentId,
      epoch,
      replicaId,
      pushId: 2,
      update: addedTo(doc),
      schemaVersion: SCHEMA_VERSION,
    })
    const database = new DatabaseSync(join(node.dataDir, 'tandem.db'))
    database.prepare(`update log_row set push_hash = 'another' where document_id = ? and seq = 2`).run(documentId)
    database.close()
    expect(await compactor.request(documentId)).toBeUndefined()
    expect(damages).toEqual([{ documentId, epoch, readableThrough: 1, head: 2 }])
    expect(await compactor.request(documentId)).toBeUndefined()
    expect(damages.length).toBe(1)
    expect(await (await fetch(`${node.url}/metrics`)).text()).toMatch(/^tandem_damaged_documents 1$/m)
  },
)

function addedTo(doc: Y.Doc): Uint8Array {
  const before = Y.encodeStateVector(doc)
  doc.getXmlFragment('body').insert(1, [new Y.XmlElement('paragraph')])
  return Y.encodeStateAsUpdate(doc, before)
}

test('after it was closed it answers nothing, and closing again is fine', async () => {
  const other = new WorkerCompactor({
    location: { dialect: 'sqlite', path: join(node.dataDir, 'tandem.db') },
    log: createLog('silent'),
    onDamage: () => undefined,
  })
  const asked = [1, 2, 3].map((count) => other.request(DocumentId.parse(`no-such-document-${count}`)))
  await other.close()
  await other.close()
  expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined])
  expect(await other.request(DocumentId.parse('no-such-document'))).toBeUndefined()
})
