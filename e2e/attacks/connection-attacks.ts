import { once } from 'node:events'
import { percentile } from '../faults/row.ts'
import { must, withinMs, type Attack, type Measured } from './attack.ts'
import { frame, RawSocket, statusOf, upgradeRequest } from './raw-socket.ts'
import type { Target } from './target.ts'

/** Another site's page opens a socket with the cookie that the browser adds. */
export const A1: Attack = {
  id: 'A1',
  attack: 'upgrade with a valid cookie and a foreign, null, missing, look-alike or other-port Origin',
  passes: '403 before 101 in all 5',
  async run({ target }) {
    const { cookie } = await target.guest()
    const origins = [
      'https://evil.example',
      'null',
      undefined,
      `http://127.0.0.1:${target.port}.evil.example`,
      `http://127.0.0.1:${target.port + 1}`,
    ]
    for (const origin of origins) {
      const headers = { Cookie: cookie, ...(origin !== undefined && { Origin: origin }) }
      const status = await statusOf(target, upgradeRequest(target, '/live', headers))
      must(status === 403, `Origin ${origin} was answered ${status}`)
    }
    return { refused: origins.length }
  },
}

/** Somebody opens a socket, never says who they are, and keeps it warm. */
export const A2: Attack = {
  id: 'A2',
  attack:
    'no token, and PING, PONG and text frames every 500 ms; 1,000 such sockets, then a look at what is left of them',
  passes: 'no data frame; closed <= 5 s; <= 1 KB retained each',
  async run({ target }, full) {
    const raw = await RawSocket.live(target)
    const startedMs = performance.now()
    const writing = raw.writeWhileOpen(WARMTH, { times: 40, everyMs: 500 })
    await withinMs(15_000, 'the socket is closed', raw.ended)
    const closedMs = performance.now() - startedMs
    must(!raw.frames.some(({ opcode }) => opcode <= 2), 'a stranger was sent a data frame')
    raw.close()
    await writing
    return { closedMs, ...(await memoryOfStrangers(target, full ? 1_000 : 60)) }
  },
  met: ({ closedMs = Infinity, retainedBytesEach = Infinity }) => closedMs <= 5_000 && retainedBytesEach <= 1_024,
}

const WARMTH = Buffer.concat([
  frame({ opcode: 9 }),
  frame({ opcode: 10 }),
  frame({ opcode: 1, payload: Buffer.from('PONG') }),
])
/** How long a stranger is let be, closing included; and how long what their socket left is swept up in. */
const STRANGER_WITHIN_MS = 15_000
const SWEPT_MS = 4_000

/** Opens so many, each says a little, and waits until the node has closed them all. As many before that, so that caches are warm. */
async function memoryOfStrangers(target: Target, count: number): Promise<Measured> {
  const inspector = await target.inspect()
  try {
    await closedStrangers(target, count)
    const before = await inspector.usedBytes()
    const whileOpen = await closedStrangers(target, count, () => inspector.usedBytes())
    const after = await inspector.usedBytes()
    return {
      sockets: count,
      retainedBytesEach: Math.max(0, after - before) / count,
      openBytesEach: Math.max(0, whileOpen - before) / count,
    }
  } finally {
    inspector.close()
  }
}

async function closedStrangers(target: Target, count: number, whileOpen = async () => 0): Promise<number> {
  const strangers = await Promise.all(
    range(count).map(async (index) => {
      const raw = await RawSocket.live(target, { address: `10.7.${Math.floor(index / 50)}.${index % 50}` })
      raw.socket.write(WARMTH)
      return raw
    }),
  )
  const seen = await whileOpen()
  await withinMs(STRANGER_WITHIN_MS, 'every stranger is closed', Promise.all(strangers.map(({ ended }) => ended)))
  strangers.forEach((raw) => raw.close())
  await new Promise((resolve) => setTimeout(resolve, SWEPT_MS))
  return seen
}

/** Work for nothing, by nobody. */
export const A3: Attack = {
  id: 'A3',
  attack: '10,000 frames before anybody signed in: data, text, pings, pongs, one large; and pings one by one, to count',
  passes: 'closed after <= 16 frames or 64 KB',
  async run({ target }) {
    const before = target.memoryBytes
    let mostAnswers = 0
    for (const opcode of [2, 1, 9, 10]) {
      const raw = await RawSocket.live(target)
      await raw.writeWhileOpen(frame({ opcode, payload: Buffer.from('zz') }), { times: 10_000 })
      await withinMs(3_000, `frames of opcode ${opcode} close the socket`, raw.ended)
      mostAnswers = Math.max(mostAnswers, raw.frames.length)
      raw.close()
    }
    must(mostAnswers <= 16, `${mostAnswers} frames of one flood were answered`)
    const large = await RawSocket.live(target)
    await large.writeWhileOpen(frame({ opcode: 2, payload: Buffer.alloc(65 * 1024) }), { times: 1 })
    await withinMs(3_000, '65 KB close the socket', large.ended)
    const framesRead = await pingsAnswered(target)
    must(framesRead <= 16, `${framesRead} frames were read`)
    return { framesRead, mostAnswers, memoryMb: (target.memoryBytes - before) / 2 ** 20 }
  },
}

/** Each ping waits for its pong: the node has read it, and nothing after it. */
async function pingsAnswered(target: Target): Promise<number> {
  const raw = await RawSocket.live(target)
  const pongs = (): number => raw.frames.filter(({ opcode }) => opcode === 10).length
  for (let sent = 1; sent <= 100; sent += 1) {
    raw.socket.write(frame({ opcode: 9 }))
    if (!(await raw.heard(() => pongs() >= sent))) break
  }
  raw.close()
  return pongs()
}

/** What once ended a tRPC server: a frame on a path that nobody serves. */
export const A7: Attack = {
  id: 'A7',
  attack: 'upgrade on other paths, with a broken frame right behind it',
  passes: '404, process alive',
  async run({ target }) {
    const paths = [
      '/',
      '/lives',
      '/live/',
      '/live/x',
      '/trpc',
      '//live',
      '/%6Cive',
      '/live/../live',
      '*',
      'http://x/live',
    ]
    for (const path of paths) {
      const status = await statusOf(target, upgradeRequest(target, path), frame({ opcode: 2, rsv1: true }))
      must(status === 404 || status === 400, `${path} was answered ${status}`)
    }
    return { paths: paths.length }
  },
}

/** The socket dies while its cookie is being looked up. */
export const A8: Attack = {
  id: 'A8',
  attack: 'reset the connection inside the upgrade, 1,000 times',
  passes: '0 exits',
  async run({ target }, full) {
    const times = full ? 1_000 : 200
    const { cookie } = await target.guest()
    const request = upgradeRequest(target, '/live', { Cookie: cookie, Origin: target.url })
    for (let turn = 0; turn < times; turn += 1) {
      const raw = await RawSocket.open(target, request)
      await once(raw.socket, 'connect')
      if (turn % 3 > 0) await new Promise((resolve) => setTimeout(resolve, turn % 3))
      raw.socket.resetAndDestroy()
    }
    return { resets: times }
  },
}

/** Over some 20 s: while headers are dropped, and bodies drip on. */
const SIGN_INS = 200
const SIGN_IN_EVERY_MS = 80

/** Connections that never get anywhere. Each has its own time, from when it was opened. */
export const A9: Attack = {
  id: 'A9',
  attack: 'headers, an upgrade and a body at 1 B/s, and connections that say nothing',
  passes: 'headers dropped <= 10 s, a body <= 35 s; sign-in meanwhile p99 < 500 ms',
  async run({ target }, full) {
    const each = full ? 500 : 20
    const starts = {
      silent: '',
      header: 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      upgrade: upgradeRequest(target, '/live').slice(0, -2),
      body: 'POST /trpc/me.rename HTTP/1.1\r\nHost: x\r\nX-Tandem: 1\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n',
    }
    const longest = { silent: 0, header: 0, upgrade: 0, body: 0 }
    const drips: NodeJS.Timeout[] = []
    const ends: Promise<void>[] = []
    const opened: RawSocket[] = []
    for (const kind of ['silent', 'header', 'upgrade', 'body'] as const) {
      for (let index = 0; index < each; index += 1) {
        const openedMs = performance.now()
        const raw = await RawSocket.open(target, starts[kind])
        opened.push(raw)
        if (kind !== 'silent') drips.push(setInterval(() => raw.socket.writable && raw.socket.write('x'), 1_000))
        ends.push(raw.ended.then(() => void (longest[kind] = Math.max(longest[kind], performance.now() - openedMs))))
      }
    }
    try {
      const signInMs: number[] = []
      while (signInMs.length < (full ? SIGN_INS : 10)) {
        const beganMs = performance.now()
        await target.guest()
        signInMs.push(performance.now() - beganMs)
        await new Promise((resolve) => setTimeout(resolve, SIGN_IN_EVERY_MS))
      }
      await withinMs(45_000, 'every slow connection is dropped', Promise.all(ends))
      const { body, ...headers } = longest
      const headersMs = Math.max(...Object.values(headers))
      const [signInP99Ms, signInMaxMs] = [percentile(signInMs, 0.99), Math.max(...signInMs)]
      return { headersMs, bodyMs: body, signInP99Ms, signInMaxMs }
    } finally {
      drips.forEach((drip) => clearInterval(drip))
      opened.forEach((raw) => raw.close())
    }
  },
  met: ({ headersMs = Infinity, bodyMs = Infinity, signInP99Ms = Infinity }) =>
    headersMs <= 10_000 && bodyMs <= 35_000 && signInP99Ms < 500,
}

/** Headers that cost more than they are worth. */
export const A11: Attack = {
  id: 'A11',
  attack: '2,000 headers; a cookie of 64 KB; a subprotocol of 10 KB',
  passes: '431 or 400 each, < 10 ms of CPU',
  async run({ target }) {
    const many = Object.fromEntries(range(2_000).map((index) => [`h${index}`, '']))
    const tries: Record<string, string>[] = [
      many,
      { Cookie: `tandem.session_token=${'x'.repeat(64 * 1024)}` },
      { 'Sec-WebSocket-Protocol': 'p'.repeat(10 * 1024) },
    ]
    const cpuBefore = target.cpuMs
    for (const headers of tries) {
      const status = await statusOf(target, upgradeRequest(target, '/live?connectionParams=1', headers))
      must(status === 431 || status === 400, `${Object.keys(headers)[0]} … was answered ${status}`)
    }
    return { cpuMsEach: (target.cpuMs - cpuBefore) / tries.length }
  },
  met: ({ cpuMsEach = Infinity }) => cpuMsEach <= 10,
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
