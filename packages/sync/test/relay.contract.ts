/** What every Relay keeps, whatever carries it. SPEC.md has the sentences. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Relay, Topic } from '../src/ports.ts'
import {
  Epoch,
  NodeId,
  RelayMessage,
  ReplicaId,
  SessionId,
  UserId,
  type PresenceEntry,
  type RelayMessage as Message,
} from '../src/protocol.ts'

/** The relays of several nodes that hear each other. */
export interface RelayFixture {
  /** A relay for one more node, connected. Closed by `close`. */
  node(): Promise<{ readonly relay: Relay; close(): Promise<void> }>
  /** Breaks what carries the messages for a moment: what is in flight may be lost. It heals by itself. */
  interrupt?(): Promise<void>
  close(): Promise<void>
}

const NODE = NodeId.parse('node-of-contract')
const PERSON = { userId: UserId.parse('user-ann-1'), name: 'Ann Äßø 🌿', color: '#2d6a4f' }
const ENTRY: PresenceEntry = {
  sessionId: SessionId.parse('session-1'),
  person: PERSON,
  caret: {
    anchor: { type: null, tname: 'default', item: null, assoc: -1 },
    head: { type: { client: 4_294_967_295, clock: 7 }, tname: null, item: { client: 1, clock: 0 }, assoc: 0 },
  },
}
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** One or more of each kind of message; the type makes forgetting one impossible. */
const MESSAGES: Record<Message['type'], readonly Message[]> = {
  changes: [
    {
      type: 'changes',
      node: NODE,
      epoch: Epoch.parse('epoch-one'),
      fromSeq: 3,
      head: 5,
      check: '0123456789abcdef',
      schemaVersion: 1,
      rows: [EVERY_BYTE, new Uint8Array(), new Uint8Array(100_000).fill(0xff)].map((update, index) => ({
        update,
        userId: PERSON.userId,
        replicaId: ReplicaId.parse('replica-1'),
        pushId: index + 1,
        at: 1_795_314_600_123,
      })),
    },
    {
      type: 'changes',
      node: NODE,
      epoch: Epoch.parse('epoch-one'),
      fromSeq: 6,
      head: 5,
      check: '0123456789abcdef',
      schemaVersion: 2,
      rows: [],
    },
  ],
  presence: [
    { type: 'presence', node: NODE, all: true, entries: [ENTRY, { ...ENTRY, caret: null }] },
    { type: 'presence', node: NODE, all: false, entries: [{ sessionId: ENTRY.sessionId, gone: true }] },
  ],
  hello: [{ type: 'hello', node: NODE }],
  access: [{ type: 'access', node: NODE }],
  event: [
    {
      type: 'event',
      node: NODE,
      event: { name: 'renamed', data: { title: 'Über “alles” 🌿', nested: [1, 2.5, true, null] } },
    },
  ],
}
const ALL_MESSAGES = Object.values(MESSAGES).flat()

/** Hears one topic and lets a test wait for what it hears, without sleeping. */
class Ear {
  readonly heard: Message[] = []
  #changed: () => void = () => undefined

  readonly listen = (message: Message): void => {
    this.heard.push(message)
    this.#changed()
  }

  /** Resolves when a message was heard that the test is looking for. */
  async until(found: (message: Message) => boolean): Promise<void> {
    while (!this.heard.some(found)) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }
}

let topics = 0
function freshTopic(): Topic {
  topics += 1
  return `room:contract-${crypto.randomUUID()}-${topics}`
}

function event(name: string): Message {
  return { type: 'event', node: NODE, event: { name, data: null } }
}

function isEvent(name: string): (message: Message) => boolean {
  return (message) => message.type === 'event' && message.event.name === name
}

/** Runs the rules of the relay against an adapter. `make` is called once; every test uses topics of its own. */
export function describeRelay(name: string, make: () => Promise<RelayFixture>): void {
  describe(`Relay: ${name}`, () => {
    let fixture: RelayFixture
    beforeAll(async () => {
      fixture = await make()
    })
    afterAll(async () => {
      await fixture?.close()
    })

    async function subscribed(relay: Relay, topic: Topic): Promise<Ear & { close(): void }> {
      const ear = new Ear()
      const subscription = relay.subscribe(topic, ear.listen)
      await subscription.ready
      return Object.assign(ear, { close: () => subscription.close() })
    }

    test("[RELAY-1] a message reaches the other nodes' subscribers of its topic, every one of them", async () => {
      const [one, two, three] = [await fixture.node(), await fixture.node(), await fixture.node()]
      const topic = freshTopic()
      const ears = [
        await subscribed(two.relay, topic),
        await subscribed(two.relay, topic),
        await subscribed(three.relay, topic),
      ]
      one.relay.publish(topic, event('ping'))
      await Promise.all(ears.map((ear) => ear.until(isEvent('ping'))))
      expect(ears.map(({ heard }) => heard)).toEqual([[event('ping')], [event('ping')], [event('ping')]])
    })

    test('[RELAY-2] a message does not come back to the node that published it', async () => {
      const [one, two] = [await fixture.node(), await fixture.node()]
      const topic = freshTopic()
      const [own, other] = [await subscribed(one.relay, topic), await subscribed(two.relay, topic)]
      one.relay.publish(topic, event('mine'))
      await other.until(isEvent('mine'))
      two.relay.publish(topic, event('theirs'))
      await own.until(isEvent('theirs'))
      expect(own.heard).toEqual([event('theirs')])
      expect(other.heard).toEqual([event('mine')])
    })

    test("[RELAY-3] a topic's messages reach no subscriber of another topic", async () => {
      const [one, two] = [await fixture.node(), await fixture.node()]
      const [room, otherRoom, events] = [freshTopic(), freshTopic(), `events:contract-${crypto.randomUUID()}` as const]
      const ears = [
        await subscribed(two.relay, room),
        await subscribed(two.relay, otherRoom),
        await subscribed(two.relay, events),
      ]
      one.relay.publish(otherRoom, event('b'))
      one.relay.publish(events, event('c'))
      one.relay.publish(room, event('a'))
      await Promise.all(ears.map((ear, index) => ear.until(isEvent(['a', 'b', 'c'][index] as string))))
      expect(ears.map(({ heard }) => heard)).toEqual([[event('a')], [event('b')], [event('c')]])
    })

    test('[RELAY-4] every kind of message arrives as it was published, bytes as bytes, and is never delivered inside publish', async () => {
      const [one, two] = [await fixture.node(), await fixture.node()]
      const topic = freshTopic()
      const ear = await subscribed(two.relay, topic)
      for (const message of ALL_MESSAGES) one.relay.publish(topic, message)
      one.relay.publish(topic, event('last'))
      expect(ear.heard).toEqual([])
      await ear.until(isEvent('last'))
      expect(ear.heard).toEqual([...ALL_MESSAGES, event('last')])
      for (const message of ear.heard) {
        expect(RelayMessage.safeParse(message).success).toBe(true)
        if (message.type !== 'changes') continue
        for (const { update } of message.rows) expect(Object.getPrototypeOf(update)).toBe(Uint8Array.prototype)
      }
    })

    test('[RELAY-5] a closed subscription hears nothing from that moment on; closing twice is fine; the others go on', async () => {
      const [one, two] = [await fixture.node(), await fixture.node()]
      const topic = freshTopic()
      const [closing, staying] = [await subscribed(two.relay, topic), await subscribed(two.relay, topic)]
      one.relay.publish(topic, event('before'))
      await Promise.all([closing.until(isEvent('before')), staying.until(isEvent('before'))])
      one.relay.publish(topic, event('in flight'))
      closing.close()
      closing.close()
      one.relay.publish(topic, event('after'))
      await staying.until(isEvent('after'))
      expect(closing.heard).toEqual([event('before')])
    })

    test('[RELAY-6] subscribing again after a close hears again', async () => {
      const [one, two] = [await fixture.node(), await fixture.node()]
      const topic = freshTopic()
      const first = await subscribed(two.relay, topic)
      first.close()
      const second = await subscribed(two.relay, topic)
      one.relay.publish(topic, event('again'))
      await second.until(isEvent('again'))
      expect(first.heard).toEqual([])
    })

    test('[RELAY-7] publishing never throws and subscribing never rejects, not even on a relay that is closed', async () => {
      const one = await fixture.node()
      expect(one.relay.state).toBe('well')
      const topic = freshTopic()
      one.relay.publish(topic, event('nobody hears'))
      await one.close()
      expect(one.relay.state).toBe('unwell')
      for (const message of ALL_MESSAGES) one.relay.publish(topic, message)
      const subscription = one.relay.subscribe(topic, () => undefined)
      await subscription.ready
      subscription.close()
    })

    test('[RELAY-8] after an interruption the nodes are told to suspect it, until they stop listening, and messages flow again', async ({
      skip,
    }) => {
      const { interrupt } = fixture
      if (interrupt === undefined) return skip('this relay cannot be interrupted')
      const [one, two] = [await fixture.node(), await fixture.node()]
      const topic = freshTopic()
      const ear = await subscribed(two.relay, topic)
      let deaf = 0
      two.relay.onSuspicion(() => (deaf += 1))()
      const suspected = new Promise<void>((resolve) => two.relay.onSuspicion(resolve))
      await interrupt.call(fixture)
      await suspected
      expect(deaf).toBe(0)
      // A hint may be lost while it heals: what matters is that one gets through in the end.
      const healed = { heard: false }
      const through = ear.until(isEvent('healed')).then(() => (healed.heard = true))
      while (!healed.heard) {
        one.relay.publish(topic, event('healed'))
        await Promise.race([through, new Promise((resolve) => setImmediate(resolve))])
      }
    })
  })
}
