import { expect, test } from 'vitest'
import { DOCUMENT, OneDocument, Typist, author, rest, textOf } from '../test/one-document.ts'
import type { LaneSource } from './lane.ts'
import { PROTOCOL_VERSION, type Frame, type ReplicaId } from './protocol.ts'
import type { Rooms } from './rooms.ts'

/** A session whose frames are pulled by hand, and whose lane keeps what it is offered. */
class Joined {
  readonly abort = new AbortController()
  readonly offered: LaneSource[] = []
  readonly pulled: Frame[] = []
  ended: unknown
  readonly #frames: AsyncGenerator<Frame, void, undefined>

  constructor(rooms: Rooms, name: string) {
    this.#frames = rooms.join(
      author(name),
      {
        documentId: DOCUMENT,
        replicaId: `replica-${name}` as ReplicaId,
        protocolVersion: PROTOCOL_VERSION,
        schemaVersion: 1,
      },
      {
        signal: this.abort.signal,
        gate: { writable: async () => undefined },
        lane: { offer: (source) => this.offered.push(source) },
      },
    )
  }

  /** Asks for one frame, without waiting for it. */
  pull(): void {
    this.#frames.next().then(
      ({ value }) => value !== undefined && this.pulled.push(value),
      (error: unknown) => (this.ended = error),
    )
  }

  /** Pulled until the session waits for news. */
  async parked(): Promise<void> {
    for (let before = -1; before < this.pulled.length;) {
      before = this.pulled.length
      this.pull()
      await rest()
    }
  }
}

async function joined(...names: string[]): Promise<{ rooms: Rooms; ann: Typist; sessions: Joined[] }> {
  const rooms = new OneDocument().node()
  const sessions = names.map((name) => new Joined(rooms, name))
  for (const session of sessions) await session.parked()
  rooms.presenceTick()
  await rest()
  for (const { offered } of sessions) for (const source of offered.splice(0)) while (source.take() !== undefined);
  return { rooms, ann: new Typist('ann', 1), sessions }
}

test('[LANE-1] a session whose frame was pulled and not yet followed by another pull offers nothing, and nothing can be taken', async () => {
  const { rooms, ann, sessions } = await joined('bob')
  const [bob] = sessions as [Joined]
  await rooms.push(ann.author, ann.type('a'))
  const [source] = bob.offered as [LaneSource]
  expect(bob.offered.length).toBe(1)
  source.resume()
  await rest()
  expect(textOf(bob.pulled)).toBe('a') // its consumer has it, but has not asked on: it may not have sent it yet
  await rooms.push(ann.author, ann.type('b'))
  expect(bob.offered.length).toBe(1)
  expect(source.take()).toBeUndefined()
  await bob.parked()
  expect(textOf(bob.pulled)).toBe('ab')
})

test('[LANE-1] everything that gathers before the lane takes is offered once, and leaves in the log’s order', async () => {
  const { rooms, ann, sessions } = await joined('bob')
  const [bob] = sessions as [Joined]
  await rooms.push(ann.author, ann.type('a'))
  await rooms.push(ann.author, ann.type('b'))
  expect(bob.offered.length).toBe(1)
  const frame = bob.offered[0]?.take()
  expect(frame).toMatchObject({ fromSeq: 1, head: 2 })
  expect(bob.offered[0]?.take()).toBeUndefined()
  await rooms.push(ann.author, ann.type('c'))
  expect(bob.offered.length).toBe(2)
  expect(bob.offered[1]?.take()).toMatchObject({ fromSeq: 3, head: 3 })
})

test('[LANE-1] a session that is leaving, or was ended, gives a lane nothing more', async () => {
  const { rooms, ann, sessions } = await joined('bob', 'cid')
  const [bob, cid] = sessions as [Joined, Joined]
  await rooms.push(ann.author, ann.type('a'))
  bob.abort.abort()
  expect(bob.offered[0]?.take()).toBeUndefined()
  expect(cid.offered.length).toBe(1)
  void rooms.drain()
  await rest()
  expect(cid.offered[0]?.take()).toBeUndefined()
  expect(cid.ended).toMatchObject({ code: 'node-draining' })
})

test('[LANE-2] what a lane does not take is pulled, and the next news is offered again', async () => {
  const { rooms, ann, sessions } = await joined('bob')
  const [bob] = sessions as [Joined]
  await rooms.push(ann.author, ann.type('a'))
  bob.offered[0]?.resume()
  await bob.parked()
  expect(textOf(bob.pulled)).toBe('a')
  await rooms.push(ann.author, ann.type('b'))
  expect(bob.offered.length).toBe(2)
  expect(bob.offered[1]?.take()).toMatchObject({ fromSeq: 2 })
})

test('[LANE-3] readers with the same rows and presence get one frame object; who pushed, or moved a caret, another', async () => {
  const { rooms, ann, sessions } = await joined('bob', 'cid', 'ann')
  const [bob, cid, own] = sessions as [Joined, Joined, Joined]
  await rooms.push(ann.author, ann.type('a'))
  const [toBob, toCid, toAnn] = [bob, cid, own].map(({ offered }) => offered.shift()?.take())
  expect(toBob).toBe(toCid)
  expect(toBob?.updates).toEqual([expect.any(Uint8Array)])
  expect(toAnn?.updates).toEqual([null])

  const { sessionId } = bob.pulled[0] as { sessionId: string } & Frame
  rooms.presence(author('bob'), { documentId: DOCUMENT, sessionId: sessionId as never, caret: null })
  rooms.presenceTick()
  const [, presentToCid, presentToAnn] = [bob, cid, own].map(({ offered }) => offered.shift()?.take())
  expect(presentToCid).toBe(presentToAnn)
  expect(presentToCid?.presence).toMatchObject([{ sessionId }])
  expect(bob.offered).toEqual([])
})

test('[LANE-3] equal rows of different documents, or for other places in the log, are not taken for the same', async () => {
  const [one, other] = [await joined('bob'), await joined('bob')]
  await one.rooms.push(one.ann.author, one.ann.type('a'))
  await other.rooms.push(other.ann.author, other.ann.type('a'))
  const [toOne, toOther] = [one, other].map(({ sessions }) => sessions[0]?.offered[0]?.take())
  expect(toOne).toEqual(toOther)
  expect(toOne).not.toBe(toOther)
})
