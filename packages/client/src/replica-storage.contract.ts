import { Epoch, type DocumentId, type ResumeToken } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { ReplicaStorage } from './replica-storage.ts'

/** One browser's storage, seen from pages that come and go. */
export interface StorageUnderTest {
  /** What another page of the same browser sees. */
  page(): ReplicaStorage
}

export const [minutes, notes] = ['document-minutes', 'document-notes'] as DocumentId[] as [DocumentId, DocumentId]
const epoch = Epoch.parse('epoch-one')

export function token(seq: number, of: Epoch = epoch): ResumeToken {
  return { epoch: of, seq, check: seq.toString(16).padStart(16, '0') }
}

/** An update that says `text` and needs nothing before it. */
export function update(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText().insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}

/** Everything these updates say, in no order: what matters is that it is there. */
export function said(updates: readonly Uint8Array[]): string[] {
  const doc = new Y.Doc()
  for (const one of updates) Y.applyUpdate(doc, one)
  return (doc.getText().toDelta() as { insert: string }[]).flatMap(({ insert }) => insert.split(/(?<=[.!])/)).sort()
}

const unsentTexts = ({ unsent }: { unsent: readonly { update: Uint8Array }[] }) =>
  unsent.flatMap((one) => said([one.update]))

/** What every ReplicaStorage must keep, whatever it keeps it in. */
export function describeReplicaStorage(name: string, make: () => StorageUnderTest): void {
  describe(`ReplicaStorage: ${name}`, () => {
    test('a document nobody has opened is empty, and every replica has an id of its own', async () => {
      const browser = make()
      const [one, other] = await Promise.all([
        browser.page().replicaStore().load(minutes),
        browser.page().replicaStore().load(minutes),
      ])
      expect(one).toMatchObject({ updates: [], token: undefined, unsent: [], lastPushId: 0 })
      expect(one.replicaId).not.toBe(other.replicaId)
    })

    test('what was received comes back with its token', async () => {
      const browser = make()
      const store = browser.page().replicaStore()
      await store.load(minutes)
      await store.receive(minutes, token(1), [update('one.')], 1)
      await store.receive(minutes, token(3), [update('two.'), update('three.')], 1)
      await store.receive(minutes, token(4), [], 1)
      await store.release()
      const stored = await browser.page().replicaStore().load(minutes)
      expect(said(stored.updates)).toEqual(['one.', 'three.', 'two.'])
      expect(stored.token).toEqual(token(4))
      expect(await browser.page().replicaStore().load(notes)).toMatchObject({ updates: [], token: undefined })
    })

    test('a thousand received updates come back as few', async () => {
      const browser = make()
      const store = browser.page().replicaStore()
      await store.load(minutes)
      const doc = new Y.Doc()
      const typed: Uint8Array[] = []
      doc.on('update', (one: Uint8Array) => typed.push(one))
      for (let at = 0; at < 1000; at++) doc.getText().insert(at, 'x')
      for (const [at, one] of typed.entries()) await store.receive(minutes, token(at + 1), [one], 1)
      await store.release()
      const stored = await browser.page().replicaStore().load(minutes)
      expect(said(stored.updates)).toEqual(['x'.repeat(1000)])
      expect(stored.token).toEqual(token(1000))
      expect(stored.updates.length).toBeLessThan(120)
    })

    test('unsent work of a page that is gone is taken over once, in the order it was typed, under a new replica id', async () => {
      const browser = make()
      const gone = browser.page().replicaStore()
      const { replicaId } = await gone.load(minutes)
      for (const pushId of [1, 2, 3]) await gone.keep(minutes, { pushId, update: update(`${pushId}.`) }, 1)
      await gone.release()
      const next = browser.page().replicaStore()
      const stored = await next.load(minutes)
      expect(stored.replicaId).not.toBe(replicaId)
      expect(stored.unsent.map(({ pushId }) => pushId)).toEqual([1, 2, 3])
      expect(unsentTexts(stored)).toEqual(['1.', '2.', '3.'])
      expect(stored.lastPushId).toBe(3)
      expect((await browser.page().replicaStore().load(minutes)).unsent).toEqual([])
    })

    test('it survives being taken over again and again', async () => {
      const browser = make()
      const first = browser.page().replicaStore()
      await first.load(minutes)
      await first.keep(minutes, { pushId: 1, update: update('first.') }, 1)
      await first.release()
      const second = browser.page().replicaStore()
      const { lastPushId } = await second.load(minutes)
      await second.keep(minutes, { pushId: lastPushId + 1, update: update('second.') }, 1)
      await second.release()
      expect(unsentTexts(await browser.page().replicaStore().load(minutes))).toEqual(['first.', 'second.'])
    })

    test('unsent work of a page that is still open is left to it', async () => {
      const browser = make()
      const open = browser.page().replicaStore()
      await open.load(minutes)
      await open.keep(minutes, { pushId: 1, update: update('mine.') }, 1)
      expect((await browser.page().replicaStore().load(minutes)).unsent).toEqual([])
      await open.release()
      expect(unsentTexts(await browser.page().replicaStore().load(minutes))).toEqual(['mine.'])
    })

    test('of one push only the newest bytes are kept', async () => {
      const browser = make()
      const store = browser.page().replicaStore()
      await store.load(minutes)
      await Promise.all(
        ['h', 'he', 'hello.'].map((text) => store.keep(minutes, { pushId: 1, update: update(text) }, 1)),
      )
      await store.release()
      expect(unsentTexts(await browser.page().replicaStore().load(minutes))).toEqual(['hello.'])
    })

    test('an acked push is not unsent any more, but its text is still there', async () => {
      const browser = make()
      const store = browser.page().replicaStore()
      await store.load(minutes)
      await store.keep(minutes, { pushId: 1, update: update('acked.') }, 1)
      await store.keep(minutes, { pushId: 2, update: update('not yet.') }, 1)
      await store.settle(minutes, { pushId: 1, update: update('acked.') }, 1)
      await store.release()
      const stored = await browser.page().replicaStore().load(minutes)
      expect(unsentTexts(stored)).toEqual(['not yet.'])
      expect(said(stored.updates)).toEqual(['acked.'])
    })

    test('an ack may come before its push is kept, or without: its text is there, once, and nothing of it is unsent', async () => {
      const browser = make()
      const store = browser.page().replicaStore()
      await store.load(minutes)
      const push = { pushId: 1, update: update('kept.') }
      await Promise.all([store.keep(minutes, push, 1), store.settle(minutes, push, 1)])
      await store.settle(minutes, { pushId: 2, update: update('not kept.') }, 6)
      await store.release()
      const stored = await browser.page().replicaStore().load(minutes)
      expect([stored.unsent, said(stored.updates), stored.schemaVersion]).toEqual([[], ['kept.', 'not kept.'], 6])
    })

    test('a stored token never covers what is only unsent work of a page that is still open', async () => {
      const browser = make()
      const open = browser.page().replicaStore()
      await open.load(minutes)
      await open.receive(minutes, token(1), [update('old.')], 1)
      await open.keep(minutes, { pushId: 1, update: update('own.') }, 1)
      await open.receive(minutes, token(3), [update('theirs.')], 1) // seq 2 may be the own push
      const meanwhile = await browser.page().replicaStore().load(minutes)
      expect(meanwhile.token).toEqual(token(1))
      expect(said(meanwhile.updates)).toEqual(['old.', 'theirs.'])
      await open.settle(minutes, { pushId: 1, update: update('own.') }, 1)
      const after = await browser.page().replicaStore().load(minutes)
      expect(after.token).toEqual(token(3))
      expect(said(after.updates)).toEqual(['old.', 'own.', 'theirs.'])
    })

    test('two open pages keep one copy, and the further token', async () => {
      const browser = make()
      const [ahead, behind] = [browser.page().replicaStore(), browser.page().replicaStore()]
      await Promise.all([ahead.load(minutes), behind.load(minutes)])
      await ahead.receive(minutes, token(2), [update('one.'), update('two.')], 1)
      await behind.receive(minutes, token(1), [update('one, too.')], 1)
      const stored = await browser.page().replicaStore().load(minutes)
      expect(stored.token).toEqual(token(2))
      expect(said(stored.updates)).toEqual(['one, too.', 'one.', 'two.'])
    })

    test('set aside: the copy can be opened, everything else of the document is forgotten, other documents are not', async () => {
      const browser = make()
      const page = browser.page()
      const [refused, other] = [page.replicaStore(), page.replicaStore()]
      await Promise.all([refused.load(minutes), other.load(notes)])
      await other.receive(notes, token(1), [update('notes.')], 1)
      await refused.receive(minutes, token(1), [update('received.')], 1)
      await refused.keep(minutes, { pushId: 1, update: update('refused.') }, 1)
      await refused.setAside(minutes, { reason: 'not-allowed', whole: update('whole.'), at: 7, schemaVersion: 3 })
      await Promise.all([refused.release(), other.release()])
      expect(await browser.page().replicaStore().load(minutes)).toMatchObject({
        updates: [],
        token: undefined,
        unsent: [],
      })
      expect((await browser.page().replicaStore().load(notes)).token).toEqual(token(1))
      const [copy, ...more] = await page.copies()
      expect(more).toEqual([])
      expect(copy).toMatchObject({ documentId: minutes, reason: 'not-allowed', at: 7, schemaVersion: 3 })
      expect(said(copy ? [copy.whole] : [])).toEqual(['whole.'])
      await page.forgetCopy(copy?.id ?? '')
      expect(await page.copies()).toEqual([])
    })

    test('[TAB-7] what two pages put aside of one life is one copy with the work of both; a later life stays as it is', async () => {
      const browser = make()
      const [one, other] = [browser.page().replicaStore(), browser.page().replicaStore()]
      await Promise.all([one.load(minutes), other.load(minutes)])
      await one.setAside(minutes, { reason: 'not-allowed', whole: update('one.'), at: 8, schemaVersion: 3 })
      const next = browser.page().replicaStore()
      await next.load(minutes)
      await next.receive(minutes, token(1), [update('next life.')], 1)
      await other.setAside(minutes, { reason: 'not-allowed', whole: update('other.'), at: 7, schemaVersion: 2 })
      const copies = await browser.page().copies()
      expect(copies).toMatchObject([{ documentId: minutes, at: 8, schemaVersion: 3 }])
      expect(said(copies.map(({ whole }) => whole))).toEqual(['one.', 'other.'])
      await next.setAside(minutes, { reason: 'not-allowed', whole: update('next life.'), at: 9, schemaVersion: 2 })
      expect(await browser.page().copies()).toHaveLength(2)
    })

    test('set aside without a copy only forgets', async () => {
      const browser = make()
      const store = browser.page().replicaStore()
      await store.load(minutes)
      await store.receive(minutes, token(1), [update('received.')], 1)
      await store.setAside(minutes, undefined)
      await store.release()
      expect(await browser.page().replicaStore().load(minutes)).toMatchObject({ updates: [], token: undefined })
      expect(await browser.page().copies()).toEqual([])
    })

    test('it says the newest schema of what was received, and who only reads changes nothing', async () => {
      const browser = make()
      const schema = async () => (await browser.page().replicaStore().load(minutes)).schemaVersion
      expect(await schema()).toBe(0)
      const store = browser.page().replicaStore()
      await store.load(minutes)
      await store.receive(minutes, token(1), [update('older.')], 2)
      await store.receive(minutes, token(2), [update('newer.')], 3)
      await store.receive(minutes, token(3), [update('from a node that lags behind.')], 2)
      expect(await schema()).toBe(3)
      expect((await browser.page().replicaStore().load(notes)).schemaVersion).toBe(0)
    })

    test('it says the schema of unsent work: once its page is gone, and as that of the text once it is acked', async () => {
      const browser = make()
      const schema = async () => (await browser.page().replicaStore().load(minutes)).schemaVersion
      const newer = browser.page().replicaStore()
      await newer.load(minutes)
      await newer.receive(minutes, token(1), [update('received.')], 2)
      await newer.keep(minutes, { pushId: 1, update: update('acked.') }, 4)
      await newer.keep(minutes, { pushId: 2, update: update('not yet.') }, 5)
      expect(await schema()).toBe(2) // an open page's own, and not in what the others are given
      await newer.settle(minutes, { pushId: 1, update: update('acked.') }, 4)
      expect(await schema()).toBe(4)
      await newer.release()
      const older = browser.page().replicaStore()
      expect(await older.load(minutes)).toMatchObject({ schemaVersion: 5, unsent: [{ pushId: 1 }] })
      await older.release()
      expect(await schema()).toBe(5) // it was taken over, not written anew
    })

    test('what was set aside needs no schema any more', async () => {
      const browser = make()
      const store = browser.page().replicaStore()
      await store.load(minutes)
      await store.receive(minutes, token(1), [update('received.')], 7)
      await store.keep(minutes, { pushId: 1, update: update('refused.') }, 7)
      await store.setAside(minutes, undefined)
      await store.release()
      expect((await browser.page().replicaStore().load(minutes)).schemaVersion).toBe(0)
    })

    test('a page that began with an earlier life of the document adds nothing to the next', async () => {
      const browser = make()
      const [late, next] = [browser.page().replicaStore(), browser.page().replicaStore()]
      await late.load(minutes)
      await late.receive(minutes, token(1), [update('earlier life.')], 1)
      await late.keep(minutes, { pushId: 1, update: update('own.') }, 1)
      const other = browser.page().replicaStore()
      await other.load(minutes)
      await other.setAside(minutes, undefined)
      await next.load(minutes)
      await next.receive(minutes, token(1, Epoch.parse('epoch-two')), [update('next life.')], 1)
      await late.receive(minutes, token(2), [update('still the earlier life.')], 1)
      await late.settle(minutes, { pushId: 1, update: update('own.') }, 1)
      const stored = await browser.page().replicaStore().load(minutes)
      expect(said(stored.updates)).toEqual(['next life.'])
      expect(stored.token).toEqual(token(1, Epoch.parse('epoch-two')))
    })

    test('one store serves one replica after the other', async () => {
      const store = make().page().replicaStore()
      const first = await store.load(minutes)
      await store.keep(minutes, { pushId: 1, update: update('left.') }, 1)
      const second = await store.load(minutes)
      expect(second.replicaId).not.toBe(first.replicaId)
      expect(unsentTexts(second)).toEqual(['left.'])
    })
  })
}
