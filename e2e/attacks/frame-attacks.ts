import { binaryEncoder, LIMITS } from '@tandem/sync'
import { Random } from '@tandem/sync/random'
import { must, withinMs, type Attack } from './attack.ts'
import { range } from './connection-attacks.ts'
import { frame, RawSocket } from './raw-socket.ts'
import type { Scene } from './scene.ts'

const BINARY = 2
const encoder = binaryEncoder()

/** Sends these bytes on a signed-in socket and answers the close code that came of it; 1006 when there was none. */
async function closedWith(scene: Scene, ...parts: readonly Uint8Array[]): Promise<number> {
  const raw = await RawSocket.live(scene.target, await scene.target.guest())
  for (const part of parts) raw.socket.write(part)
  await withinMs(5_000, 'the socket is closed', raw.ended)
  raw.close()
  return raw.closeCode ?? 1006
}

export const A12: Attack = {
  id: 'A12',
  attack: 'frames that say they have 3 MiB, 101 MiB, 2^63 bytes',
  passes: 'closed 1009; memory <= 8 MB',
  async run(scene) {
    const before = scene.target.memoryBytes
    for (const declaredLength of [3n * 2n ** 20n, 101n * 2n ** 20n, 2n ** 63n - 1n, 2n ** 63n]) {
      const code = await closedWith(scene, frame({ opcode: BINARY, declaredLength }))
      must(code === 1009 || code === 1002, `${declaredLength} bytes were closed with ${code}`)
    }
    return { memoryMb: (scene.target.memoryBytes - before) / 2 ** 20 }
  },
  met: ({ memoryMb = Infinity }) => memoryMb <= 8,
}

export const A13: Attack = {
  id: 'A13',
  attack: '131,000 fragments of one byte, or of none',
  passes: 'closed at 64 fragments',
  missing: 'that it ends at the 64th fragment is not counted, only that it ends',
  async run(scene) {
    for (const size of [1, 0]) {
      const payload = new Uint8Array(size)
      const rest = frame({ opcode: 0, fin: false, payload })
      const code = await closedWith(
        scene,
        frame({ opcode: BINARY, fin: false, payload }),
        Buffer.concat(range(131_000).map(() => rest)),
      )
      must(code === 1008 || code === 1009 || code === 1006, `fragments of ${size} were closed with ${code}`)
    }
    return { sent: 131_000 }
  },
}

export const A14: Attack = {
  id: 'A14',
  attack: 'a compressed frame where no compression was agreed',
  passes: 'extension not negotiated; closed; process alive',
  async run(scene) {
    const raw = await RawSocket.live(scene.target, await scene.target.guest())
    must(!/sec-websocket-extensions/i.test(raw.text), 'an extension was negotiated')
    raw.close()
    const code = await closedWith(scene, frame({ opcode: BINARY, rsv1: true, payload: Buffer.alloc(1_000, 1) }))
    must(code === 1002, `closed with ${code}`)
    return { code }
  },
}

export const A15: Attack = {
  id: 'A15',
  attack: 'random frames, and valid ones with changed bytes',
  passes: '0 exits; no stall > 20 ms a frame; 3 bad frames: closed 4400 (20,000 over the wire)',
  missing: '20,000 frames over the wire, not 2,000,000; the stall is reported, not judged',
  async run(scene, full) {
    const random = new Random(15)
    const valid = encoder.encode({ id: 1, method: 'query', params: { path: 'documents.list' } })
    const guest = await scene.target.guest()
    const code = await closedWith(scene, ...range(3).map(() => frame({ opcode: BINARY, payload: Buffer.from([0xc1]) })))
    must(code === 4400, `3 bad frames were closed with ${code}`)
    await scene.target.longestStallMs()
    const count = full ? 20_000 : 1_000
    let sent = 0
    while (sent < count) {
      const raw = await RawSocket.live(scene.target, guest)
      for (let turn = 0; turn < 50 && raw.socket.writable; turn += 1, sent += 1) {
        const payload = sent % 2 === 0 ? valid.slice() : Buffer.from(range(random.int(60)).map(() => random.int(256)))
        if (sent % 2 === 0) payload[random.int(payload.length)] = random.int(256)
        raw.socket.write(frame({ opcode: BINARY, payload }))
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
      raw.socket.resetAndDestroy()
    }
    return { sent, stallMs: await scene.target.longestStallMs() }
  },
}

export const A16: Attack = {
  id: 'A16',
  attack: 'arrays, maps and strings that say 2^32, depth 20,000, trailing bytes, __proto__ and constructor as keys',
  passes: 'refused each, memory < 1 MB each',
  async run(scene) {
    const text = (value: string): number[] => [0xa0 + value.length, ...Buffer.from(value)]
    const bad = {
      array: [0xdd, 255, 255, 255, 255],
      map: [0xdf, 255, 255, 255, 255],
      string: [0xdb, 255, 255, 255, 255, 65],
      bytes: [0xc6, 255, 255, 255, 255],
      deep: range(20_000).map(() => 0x91),
      trailing: [0xc0, 0xc0],
      proto: [0x81, ...text('__proto__'), 0x81, ...text('polluted'), 1],
      extension: [0xc7, 1, 1, 1],
    }
    const before = scene.target.memoryBytes
    const caller = async (): ReturnType<typeof scene.caller> => scene.caller(await scene.target.guest())
    for (const [what, bytes] of Object.entries(bad)) {
      const one = await caller()
      one.ws.send(Buffer.from(bytes))
      await one.ask('query', 'me.get')
      must(
        one.heard.some(({ id, error }) => id === null && error !== undefined),
        `${what} was not refused`,
      )
      one.close()
    }
    return { memoryMbEach: (scene.target.memoryBytes - before) / Object.keys(bad).length / 2 ** 20 }
  },
  met: ({ memoryMbEach = Infinity }) => memoryMbEach < 1,
}

export const A17: Attack = {
  id: 'A17',
  attack: 'a batch of 30,000 calls in one frame, one of 33, an input of 130,000 values',
  passes: 'one refusal each, closed by the third; stall <= 20 ms',
  async run(scene) {
    const caller = await scene.caller(await scene.target.guest())
    await caller.ask('query', 'me.get')
    await scene.target.longestStallMs()
    const before = caller.heard.length
    caller.send(range(30_000).map((id) => ({ id, method: 'query' })))
    caller.send(range(LIMITS.batchCalls + 1).map((id) => ({ id, method: 'query', params: { path: 'me.get' } })))
    caller.send({ id: 1, method: 'query', params: { path: 'me.get', input: range(130_000) } })
    must((await withinMs(5_000, 'the third closes it', caller.closed)) === 4400, 'it was not closed')
    must(caller.heard.length - before <= 3, `${caller.heard.length - before} answers`)
    return { stallMs: await scene.target.longestStallMs() }
  },
  met: ({ stallMs = Infinity }) => stallMs <= 20,
}

export const A18: Attack = {
  id: 'A18',
  attack: '200 subscriptions; the same id again; start and stop, over and over',
  passes: `<= ${LIMITS.sessionsPerSocket} live per socket; all gone afterwards`,
  missing: '100 at once and 10,000 starts, not 5,000; that the heap comes back is not measured',
  async run(scene, full) {
    const subscribe = (id: number) => ({ id, method: 'subscription', params: { path: 'documents.changes' } })
    const { caller } = await scene.attacker()
    for (const id of range(100)) caller.send(subscribe(1_000 + id))
    caller.send(subscribe(1_000))
    await caller.ask('query', 'me.get')
    const started = caller.heard.filter(({ result }) => result?.type === 'started').length
    must(started <= LIMITS.sessionsPerSocket, `${started} subscriptions are live`)
    caller.close()
    for (let round = 0; round < (full ? 100 : 5); round += 1) {
      const one = await scene.caller(await scene.target.guest('10.8.8.8'))
      for (const id of range(100)) {
        one.send(subscribe(id))
        one.send({ id, method: 'subscription.stop' })
      }
      await one.ask('query', 'me.get').catch(() => undefined)
      one.close()
    }
    await withinMs(
      5_000,
      'only the victim’s session is left',
      until(async () => (await sessions(scene)) === 1),
    )
    return { started }
  },
}

async function sessions({ target }: Scene): Promise<number> {
  const text = await (await fetch(`${target.url}/metrics`)).text()
  return Number(/^tandem_sessions (\d+)/m.exec(text)?.[1])
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

export const A19: Attack = {
  id: 'A19',
  attack: 'procedures called __proto__, constructor, toString, 1 MB of name',
  passes: 'no such procedure; no stack, no path in the answer',
  async run(scene) {
    const paths = [
      '__proto__',
      'constructor',
      'document.__proto__',
      'document.constructor.name',
      'toString',
      '',
      '.',
      'x'.repeat(2 ** 20),
    ]
    const { caller } = await scene.attacker()
    for (const path of paths)
      for (const method of ['query', 'mutation', 'subscription']) {
        const { refused } = await caller.ask(method, path)
        must(
          refused === 'client-too-old' || refused === 'bad-input',
          `${method} ${path.slice(0, 40)}: ${refused ?? 'answered'}`,
        )
      }
    const answers = JSON.stringify(caller.heard)
    must(!/"stack"|node_modules|at file:|xxxx/.test(answers), 'an answer tells too much')
    return { refused: paths.length * 3 }
  },
}

export const A20: Attack = {
  id: 'A20',
  attack: 'inputs with unknown keys, __proto__ and constructor, over JSON',
  passes: '400 each, never 500; nothing polluted',
  missing: '7 inputs, not 100,000 fuzzed ones; the lint rule against loose schemas is not built',
  async run({ target }) {
    const { cookie } = await target.guest()
    const headers = { 'content-type': 'application/json', 'x-tandem': '1', origin: target.url, cookie }
    const bodies = [
      '{"title":"x","__proto__":{"polluted":1}}',
      '{"title":"x","constructor":{"prototype":{"polluted":1}}}',
      '{"title":"x","other":1}',
      '{"title":{"constructor":1}}',
      '[[[[',
      '"x"',
      '{"title":"' + 'x'.repeat(400) + '"}',
    ]
    for (const body of bodies) {
      const { status } = await fetch(`${target.url}/trpc/documents.create`, { method: 'POST', headers, body })
      must(status === 400, `${body.slice(0, 60)} was answered ${status}`)
    }
    return { refused: bodies.length }
  },
}
