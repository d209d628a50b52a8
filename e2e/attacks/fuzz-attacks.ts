import { binaryEncoder, LIMITS } from '@tandem/sync'
import { Random } from '@tandem/sync/random'
import { must, withinMs, type Attack } from './attack.ts'
import { range } from './connection-attacks.ts'
import { frame, RawSocket } from './raw-socket.ts'
import type { Guest } from './target.ts'

const BINARY = 2
const encoder = binaryEncoder()
/** Of each of two people, who may have more. */
const SOCKETS_EACH = 8
const PEOPLE_WITH_SOCKETS = 2
const BAR_FRAMES = 2_000_000
/** How often the stall is looked at. */
const LOOK_EVERY_FRAMES = 10_000

export const A15: Attack = {
  id: 'A15',
  attack: 'random frames, and valid ones with changed bytes, half of each; as many in one write as one socket may send',
  passes: '0 exits; no stall > 20 ms; every socket closed with 4400 by its third bad frame',
  missing: ({ sent = 0 }) => (sent >= BAR_FRAMES ? undefined : `${sent} frames, not ${BAR_FRAMES}`),
  async run(scene, full, frames) {
    const random = new Random(15)
    const { target } = scene
    const valid = encoder.encode({ id: 1, method: 'query', params: { path: 'documents.list' } })
    const guests = [await target.guest(), await target.guest()].slice(0, PEOPLE_WITH_SOCKETS)
    await target.longestStallMs()
    const count = frames ?? (full ? BAR_FRAMES : 1_000)
    let [sent, answered, closed, stallMs, lookAt] = [0, 0, 0, 0, LOOK_EVERY_FRAMES]
    const look = async (): Promise<void> => {
      const longestMs = await target.longestStallMs()
      stallMs = Math.max(stallMs, longestMs)
    }
    const attack = async (guest: Guest): Promise<void> => {
      while (sent < count) {
        const raw = await RawSocket.live(target, guest)
        const written: Buffer[] = []
        // What comes behind a third bad one is not read any more: it would count for nothing.
        for (let bad = 0; bad < 3; sent += 1) {
          const payload = sent % 2 === 0 ? valid.slice() : Uint8Array.from(range(random.int(60)), () => random.int(256))
          if (sent % 2 === 0) payload[random.int(payload.length)] = random.int(256)
          if (!isReadable(payload)) bad += 1
          written.push(frame({ opcode: BINARY, payload }))
        }
        raw.socket.write(Buffer.concat(written))
        await withinMs(
          5_000,
          'the socket is closed',
          raw.heard(() => raw.closeCode !== undefined),
        )
        must(raw.closeCode === 4400, `3 bad frames were closed with ${raw.closeCode}`)
        closed += 1
        answered += raw.frames.length - 1
        raw.socket.resetAndDestroy()
        if (sent < lookAt) continue
        lookAt += LOOK_EVERY_FRAMES
        await look()
      }
    }
    await Promise.all(range(SOCKETS_EACH).flatMap(() => guests.map(attack)))
    await look()
    return { sent, answered, closed, stallMs }
  },
  met: ({ stallMs = Infinity }) => stallMs <= 20,
}

function isReadable(payload: Uint8Array): boolean {
  try {
    encoder.decode(payload)
    return true
  } catch {
    return false // whatever the reason: the node has the same encoder
  }
}

const INPUTS = 100_000
const PEOPLE = 40
const PATHS = [
  'documents.create',
  'documents.rename',
  'documents.delete',
  'documents.import',
  'documents.get',
  'documents.list',
  'document.push',
  'document.presence',
  'me.rename',
  'me.get',
]
const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'polluted',
  'title',
  'documentId',
  'name',
  'caret',
  '',
]
const SCALARS = [
  '1',
  '-1e308',
  '"x"',
  '""',
  'null',
  'true',
  '{}',
  '[]',
  '"__proto__"',
  '{"polluted":1}',
  '"\\u0000"',
  '1e999',
]

/** JSON as no serialiser would write it: own `__proto__`, keys twice, values where objects belong, broken off. */
function hostileJson(random: Random, depth = 0): string {
  const dice = random.int(depth > 4 ? 1 : 4)
  if (dice === 0) return random.pick(SCALARS)
  const parts = range(random.int(4)).map(() => hostileJson(random, depth + 1))
  const text =
    dice === 1 ? `[${parts.join()}]` : `{${parts.map((part) => `${JSON.stringify(random.pick(KEYS))}:${part}`).join()}}`
  return depth === 0 && random.int(50) === 0 ? text.slice(0, random.int(text.length + 1)) : text
}

export const A20: Attack = {
  id: 'A20',
  attack: `${INPUTS} hostile inputs over JSON to every call: unknown keys, own __proto__ and constructor, broken JSON`,
  passes: '400 each, or what a call without input answers; never 500; nothing polluted',
  missing: ({ sent = 0 }) => (sent >= INPUTS ? undefined : `${sent} inputs, not ${INPUTS}`),
  async run({ target }, full, frames) {
    const random = new Random(20)
    const count = frames ?? (full ? INPUTS : 300)
    const people: Guest[] = []
    while (people.length < Math.min(PEOPLE, count / 50)) people.push(await target.guest())
    let [sent, refused, waited] = [0, 0, 0]
    const attack = async ({ cookie, address }: Guest): Promise<void> => {
      const headers = {
        'content-type': 'application/json',
        'x-tandem': '1',
        origin: target.url,
        'x-forwarded-for': address,
      }
      while (sent < count) {
        sent += 1
        const [path, input] = [random.pick(PATHS), hostileJson(random)]
        const isRead = /\.(get|list)$/.test(path)
        const url = `${target.url}/trpc/${path}${isRead ? `?input=${encodeURIComponent(input)}` : ''}`
        const body = isRead ? {} : { method: 'POST', body: input }
        for (;;) {
          const { status } = await fetch(url, { headers: { ...headers, cookie }, ...body })
          must(status < 500 || status === 503, `${path} answered ${status} to ${input.slice(0, 200)}`)
          if (status >= 400 && status !== 429 && status !== 503) refused += 1
          if (status !== 429 && status !== 503) break
          waited += 1
          await new Promise((resolve) => setTimeout(resolve, 1_000 / LIMITS.callsPerSecond))
        }
      }
    }
    await Promise.all(people.map(attack))
    const inspector = await target.inspect()
    const polluted = await inspector.evaluate('({}).polluted !== undefined || [].polluted !== undefined')
    inspector.close()
    must(polluted === false, `every object of the node has "polluted" now`)
    return { sent, refused, waited }
  },
}
