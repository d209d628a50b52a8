import { expect, test } from 'vitest'
import { DOCUMENT, OneDocument, Typist, hold, rest, textOf } from '../test/one-document.ts'
import type { Push, Pushed, ReplicaId } from './protocol.ts'
import type { Rooms } from './rooms.ts'

const TEXT = 'a table of many words '.repeat(40)
const withCode = (code: string): unknown => expect.objectContaining({ code })

async function pushAll(rooms: Rooms, ann: Typist, parts: readonly Push[]): Promise<readonly Pushed[]> {
  const answers: Pushed[] = []
  for (const part of parts) answers.push(await rooms.push(ann.author, part))
  return answers
}

test('[PART-3] the parts of an edit are one append: held until the last one, then all are rows and the last is answered', async () => {
  const document = new OneDocument()
  const [one, two] = [document.node('one'), document.node('two')]
  const [bob, eve] = [document.join(one, 'bob'), document.join(two, 'eve')]
  const ann = new Typist('ann', 1)
  const parts = ann.paste(TEXT, 300)
  expect(parts.length).toBeGreaterThan(2)
  expect(await pushAll(one, ann, parts.slice(0, -1))).toEqual(parts.slice(0, -1).map((_, at) => ({ held: at + 1 })))
  await rest()
  expect([document.calls.includes('append'), bob.texts, eve.texts]).toEqual([false, '', ''])
  expect(await pushAll(one, ann, parts.slice(-1))).toEqual([{ seq: parts.length }])
  await rest()
  expect(document.calls.filter((name) => name === 'append')).toHaveLength(1)
  expect([bob.texts, eve.texts]).toEqual([TEXT, TEXT])
  const { tail = [] } = (await document.log.open(DOCUMENT)) ?? {}
  expect(tail.map(({ part, pushId }) => ({ part, pushId }))).toEqual(
    parts.map(({ part, pushId }) => ({ part, pushId })),
  )
})

test('[PART-3] every frame that ends within an edit says that it goes on, and the last does not', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  const live = document.join(rooms, 'bob')
  await rest()
  await pushAll(rooms, ann, ann.paste('x'.repeat(600_000), 300_000))
  await pushAll(rooms, ann, [ann.type('!')])
  const late = document.join(rooms, 'eve')
  await rest()
  for (const { frames } of [live, late]) {
    const changes = frames.flatMap((frame) => (frame.type === 'changes' && frame.updates.length > 0 ? [frame] : []))
    expect(changes.length).toBeGreaterThan(2)
    expect(changes.filter(({ head, goesOn }) => (goesOn === true) !== head < 3)).toEqual([])
    expect(textOf(frames)).toHaveLength(600_001)
  }
})

test('[PART-3] when one part is refused none of them is in the log, and the edit after it is judged without it', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const [ann, mallory, bob] = [new Typist('ann', 1), new Typist('mallory', 2), new Typist('bob', 3)]
  const disk = hold()
  document.beforeCall = (name) => (name === 'append' ? disk.held : undefined)
  const first = rooms.push(ann.author, ann.type('mine'))
  // Her parts begin well; the last one writes under Ann's client id.
  const parts = mallory.paste(TEXT, 300)
  const forged = { ...(parts.at(-1) as Push), update: ann.type(' forged').update }
  const refused = pushAll(rooms, mallory, [...parts.slice(0, -1), forged])
  refused.catch(() => undefined)
  await rest()
  const other = rooms.push(bob.author, bob.type('fine'))
  // What leans on the parts before it leans on what never came to be.
  const { part: _, ...last } = parts.at(-1) as Push
  const orphan = rooms.push(mallory.author, { ...last, pushId: 2 })
  orphan.catch(() => undefined)
  disk.release()
  await expect(refused).rejects.toEqual(withCode('foreign-client-id'))
  await expect(orphan).rejects.toEqual(withCode('missing-updates'))
  await Promise.all([first, other])
  const { tail = [], owners } = (await document.log.open(DOCUMENT)) ?? {}
  expect([tail.length, owners]).toEqual([
    2,
    new Map([
      [1, ann.author.userId],
      [3, bob.author.userId],
    ]),
  ])
})

test('[PART-3] [ROOM-6] the same edit once more gets the same answer and writes nothing', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  const parts = ann.paste(TEXT, 300)
  await pushAll(rooms, ann, parts)
  expect((await pushAll(document.node('two'), ann, parts)).at(-1)).toEqual({ seq: parts.length })
  expect((await document.log.open(DOCUMENT))?.head).toBe(parts.length)
  const other = parts.map((part, index) => (index === 1 ? { ...part, update: (parts[0] as Push).update } : part))
  await expect(pushAll(rooms, ann, other)).rejects.toEqual(withCode('push-id-reused'))
})

test('[PART-4] a part without those before it is refused; a first part begins anew', async () => {
  const document = new OneDocument()
  const [one, two] = [document.node('one'), document.node('two')]
  const ann = new Typist('ann', 1)
  const parts = ann.paste(TEXT, 300)
  await pushAll(one, ann, parts.slice(0, 2))
  await expect(two.push(ann.author, parts[2] as Push)).rejects.toEqual(withCode('parts-missing'))
  await expect(one.push(ann.author, parts[1] as Push)).rejects.toEqual(withCode('parts-missing'))
  expect((await pushAll(one, ann, parts)).at(-1)).toEqual({ seq: parts.length })
})

test('[PART-4] a user has one edit on its way to a document; one that fell silent makes room and is forgotten', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  const parts = ann.paste(TEXT, 300)
  const elsewhere = parts.map((part) => ({ ...part, replicaId: 'replica-other-tab' as ReplicaId }))
  await pushAll(rooms, ann, parts.slice(0, 1))
  await expect(pushAll(rooms, ann, elsewhere)).rejects.toEqual(withCode('overloaded'))
  document.nowMs += 31_000
  await rooms.heartbeat()
  await expect(rooms.push(ann.author, parts[1] as Push)).rejects.toEqual(withCode('parts-missing'))
  expect((await pushAll(rooms, ann, elsewhere)).at(-1)).toEqual({ seq: parts.length })
})

test('[PART-3] an edit of the server that takes several updates is one edit', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'bob')
  const ann = new Typist('ann', 1)
  const updates = ann.paste(TEXT, 300).map(({ update }) => update)
  await rooms.edit(ann.author, DOCUMENT, { updates, schemaVersion: 1 })
  await rest()
  expect(reader.texts).toBe(TEXT)
  expect(document.calls.filter((name) => name === 'append')).toHaveLength(1)
})
