import { LIMITS } from '@tandem/sync'
import { must, withinMs, type Attack } from './attack.ts'
import { range } from './connection-attacks.ts'
import { frame, RawSocket } from './raw-socket.ts'
import type { Scene } from './scene.ts'

const BINARY = 2

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

const MOST_FRAGMENTS = 64

export const A13: Attack = {
  id: 'A13',
  attack: '131,000 fragments of one byte, or of none; and one by one, to count how many are read',
  passes: `closed at ${MOST_FRAGMENTS} fragments`,
  async run(scene) {
    let fragmentsRead = 0
    for (const size of [1, 0]) {
      const payload = new Uint8Array(size)
      const rest = frame({ opcode: 0, fin: false, payload })
      const code = await closedWith(
        scene,
        frame({ opcode: BINARY, fin: false, payload }),
        Buffer.concat(range(131_000).map(() => rest)),
      )
      must(code === 1008 || code === 1009 || code === 1006, `fragments of ${size} were closed with ${code}`)
      fragmentsRead = Math.max(fragmentsRead, await fragmentsTaken(scene, payload))
    }
    must(fragmentsRead <= MOST_FRAGMENTS, `${fragmentsRead} fragments of one message were read`)
    return { sent: 131_000, fragmentsRead }
  },
}

/** Behind each fragment comes a ping: its pong says that the node has taken the fragment and goes on. */
async function fragmentsTaken(scene: Scene, payload: Uint8Array): Promise<number> {
  const raw = await RawSocket.live(scene.target, await scene.target.guest())
  const pongs = (): number => raw.frames.filter(({ opcode }) => opcode === 10).length
  let taken = 0
  for (; taken < 1_000; taken += 1) {
    raw.socket.write(frame({ opcode: taken === 0 ? BINARY : 0, fin: false, payload }))
    raw.socket.write(frame({ opcode: 9 }))
    if (!(await raw.heard(() => pongs() > taken))) break
  }
  raw.close()
  return taken
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

const AT_ONCE = 5_000
const BATCHES = 200
/** As many as one socket may start at once without being refused for its rate. */
const STARTS_EACH = 50

export const A18: Attack = {
  id: 'A18',
  attack:
    '5,000 subscriptions on one socket; the same id again; two rounds of 10,000 times start and stop, from 200 sockets',
  passes: `<= ${LIMITS.sessionsPerSocket} live per socket; all gone afterwards; heap back to its base (the second round <= 5%)`,
  async run(scene, full) {
    const inspector = await scene.target.inspect()
    const calm = await open(scene)
    try {
      const live = await atOnce(scene)
      must(live <= LIMITS.sessionsPerSocket, `${live} subscriptions are live`)
      const sockets = full ? BATCHES : 2
      const round = async (): Promise<number> => {
        await startAndStop(scene, sockets)
        await backTo(scene, calm)
        return (await inspector.usedBytes()) / 2 ** 20
      }
      await startAndStop(scene, 2)
      const baseMb = (await inspector.usedBytes()) / 2 ** 20
      // The first round fills what is kept of people on purpose (their rates, say). What leaks grows in the second, too.
      const [firstMb, secondMb] = [await round(), await round()]
      return {
        live,
        started: 2 * sockets * STARTS_EACH,
        baseMb,
        firstGrownMb: firstMb - baseMb,
        grownMb: secondMb - firstMb,
      }
    } finally {
      inspector.close()
    }
  },
  met: ({ started = 0, baseMb = 0, grownMb = Infinity }) =>
    started >= 2 * BATCHES * STARTS_EACH && grownMb <= baseMb * 0.05,
}

const subscribe = (id: number): object => ({ id, method: 'subscription', params: { path: 'documents.changes' } })

/** All in as few frames as they fit into. Resolves with how many are live then. */
async function atOnce(scene: Scene): Promise<number> {
  const { caller } = await scene.attacker()
  for (let from = 0; from < AT_ONCE; from += LIMITS.batchCalls) {
    caller.send(range(LIMITS.batchCalls).map((index) => subscribe(1_000 + from + index)))
    if (from % 1_600 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  caller.send(subscribe(1_000))
  await caller.ask('query', 'me.get')
  const started = caller.heard.filter(({ result }) => result?.type === 'started').length
  caller.close()
  return started - caller.heard.filter(({ result }) => result?.type === 'stopped').length
}

/** So many sockets, one after the other, of somebody else each. */
async function startAndStop(scene: Scene, sockets: number): Promise<void> {
  for (let round = 0; round < sockets; round += 1) {
    const one = await scene.caller(await scene.target.guest())
    const ids = range(STARTS_EACH).map((index) => 1_000 + index)
    for (const id of ids) one.send(subscribe(id))
    await one.ask('query', 'me.get')
    for (const id of ids) one.send({ id, method: 'subscription.stop' })
    const heard = (type: string): number => one.heard.filter(({ result }) => result?.type === type).length
    await withinMs(
      5_000,
      'what was started stops',
      until(async () => heard('stopped') === STARTS_EACH),
    )
    must(heard('started') === STARTS_EACH, `${heard('started')} of ${STARTS_EACH} were started`)
    one.close()
  }
}

function backTo(scene: Scene, calm: number): Promise<void> {
  return withinMs(
    10_000,
    'only those who were there before are left',
    until(async () => (await open(scene)) <= calm),
  )
}

/** Sockets and joined sessions. */
async function open({ target }: Scene): Promise<number> {
  const text = await (await fetch(`${target.url}/metrics`)).text()
  return [...text.matchAll(/^tandem_(?:sockets|sessions) (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
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
