import { once } from 'node:events'
import { LIMITS } from '@tandem/sync'
import { must, withinMs, type Attack } from './attack.ts'
import { Caller } from './caller.ts'
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
  attack: 'no token, and PING, PONG and text frames every 500 ms',
  passes: 'no data frame; closed <= 5 s',
  missing: 'what the node retains for such a socket (<= 1 KB) is not measured',
  async run({ target }) {
    const raw = await RawSocket.live(target)
    const startedMs = performance.now()
    const warm = Buffer.concat([
      frame({ opcode: 9 }),
      frame({ opcode: 10 }),
      frame({ opcode: 1, payload: Buffer.from('PONG') }),
    ])
    const writing = raw.writeWhileOpen(warm, { times: 40, everyMs: 500 })
    await withinMs(15_000, 'the socket is closed', raw.ended)
    const closedMs = performance.now() - startedMs
    must(!raw.frames.some(({ opcode }) => opcode <= 2), 'a stranger was sent a data frame')
    raw.close()
    await writing
    return { closedMs }
  },
  met: ({ closedMs = Infinity }) => closedMs <= 5_000,
}

/** Work for nothing, by nobody. */
export const A3: Attack = {
  id: 'A3',
  attack: '10,000 frames before anybody signed in: data, pings, one large',
  passes: 'closed after <= 16 frames or 64 KB',
  missing: 'that it ends after exactly 16 frames is shown by the answers alone; memory is reported, not judged',
  async run({ target }) {
    const before = target.memoryBytes
    for (const opcode of [2, 1, 9, 10]) {
      const raw = await RawSocket.live(target)
      await raw.writeWhileOpen(frame({ opcode, payload: Buffer.from('zz') }), { times: 10_000 })
      await withinMs(3_000, `frames of opcode ${opcode} close the socket`, raw.ended)
      must(raw.frames.length <= 20, `${raw.frames.length} frames of opcode ${opcode} were answered`)
      raw.close()
    }
    const large = await RawSocket.live(target)
    await large.writeWhileOpen(frame({ opcode: 2, payload: Buffer.alloc(65 * 1024) }), { times: 1 })
    await withinMs(3_000, '65 KB close the socket', large.ended)
    return { memoryMb: (target.memoryBytes - before) / 2 ** 20 }
  },
}

/** A token where logs and proxies would keep it. */
export const A4: Attack = {
  id: 'A4',
  attack: 'a token in the URL of the upgrade',
  passes: '400; the token is in no log',
  missing: 'only the node’s own log is looked through, not Redis, PostgreSQL or a proxy’s access log',
  async run({ target }) {
    const secret = 'tandem_canary-in-the-url-4711'
    for (const name of ['token', 'access_token', 'connectionParams=1&key']) {
      const status = await statusOf(target, upgradeRequest(target, `/live?${name}=${secret}`))
      must(status === 400, `?${name}= was answered ${status}`)
    }
    await fetch(`${target.url}/trpc/me.get?token=${secret}`)
    must(!target.log.includes('canary-in-the-url'), 'the log has the token')
    return { hits: 0 }
  },
}

/** What was stolen before somebody signed out. */
export const A5: Attack = {
  id: 'A5',
  attack: 'sign out, then use the cookie again; a socket of that login stays open; a token that never was',
  passes: '401 each; the sockets of the login closed <= 1 s',
  missing:
    'there are no socket tickets to replay; another node hears of a sign-out through Redis alone, so not while Redis is down',
  async run({ target }) {
    const guest = await target.guest()
    const [open, other] = [await Caller.open(target, guest), await Caller.open(target, await target.guest())]
    await open.ask('query', 'me.get')
    const headers = { 'content-type': 'application/json', 'x-tandem': '1', origin: target.url, cookie: guest.cookie }
    const answer = await fetch(`${target.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' })
    must(answer.ok, `signing out was answered ${answer.status}`)
    const startedMs = performance.now()
    const code = await withinMs(10_000, "the login's socket is closed", open.closed)
    const closedMs = performance.now() - startedMs
    must(code === 4401, `it was closed with ${code}`)
    const late = await Caller.open(target, guest)
    must(
      (await withinMs(5_000, 'the replayed cookie is closed', late.closed)) === 4401,
      'the cookie still opens sockets',
    )
    const listed = await fetch(`${target.url}/trpc/documents.list`, { headers: { cookie: guest.cookie } })
    must(listed.status === 401, `the cookie still calls: ${listed.status}`)
    const forged = await fetch(`${target.url}/trpc/documents.list`, { headers: { authorization: 'Bearer tandem_x' } })
    must(forged.status === 401, `a forged token was answered ${forged.status}`)
    must(other.isOpen, "somebody else's socket was closed, too")
    other.close()
    return { closedMs }
  },
  met: ({ closedMs = Infinity }) => closedMs <= 1_000,
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

/** Connections that never get anywhere. */
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
    const startedMs = performance.now()
    const longest = { silent: 0, header: 0, upgrade: 0, body: 0 }
    const drips: NodeJS.Timeout[] = []
    const ends: Promise<void>[] = []
    const opened: RawSocket[] = []
    for (const kind of ['silent', 'header', 'upgrade', 'body'] as const) {
      for (let index = 0; index < each; index += 1) {
        const raw = await RawSocket.open(target, starts[kind])
        opened.push(raw)
        if (kind !== 'silent') drips.push(setInterval(() => raw.socket.writable && raw.socket.write('x'), 1_000))
        ends.push(raw.ended.then(() => void (longest[kind] = Math.max(longest[kind], performance.now() - startedMs))))
      }
    }
    try {
      const signInMs: number[] = []
      while (signInMs.length < 30) {
        const beganMs = performance.now()
        await target.guest()
        signInMs.push(performance.now() - beganMs)
      }
      await withinMs(45_000, 'every slow connection is dropped', Promise.all(ends))
      const { body, ...headers } = longest
      return { headersMs: Math.max(...Object.values(headers)), bodyMs: body, signInMaxMs: Math.max(...signInMs) }
    } finally {
      drips.forEach((drip) => clearInterval(drip))
      opened.forEach((raw) => raw.close())
    }
  },
  met: ({ headersMs = Infinity, bodyMs = Infinity, signInMaxMs = Infinity }) =>
    headersMs <= 10_000 && bodyMs <= 35_000 && signInMaxMs < 500,
}

/** All the sockets that somebody can get. */
export const A10: Attack = {
  id: 'A10',
  attack: 'more sockets than an address or a user may have',
  passes: 'caps 100 per address, 20 per user; the excess 429 or 4429',
  missing: 'the caps are per node: across 2 nodes they are doubled; there is no cap per share link',
  async run({ target }) {
    const address = '10.9.9.9'
    const strangers = await Promise.all(range(LIMITS.socketsPerIp).map(() => liveFrom(target, address)))
    const excess = upgradeRequest(target, '/live?connectionParams=1', { 'X-Forwarded-For': address })
    const status = await statusOf(target, excess)
    strangers.forEach((raw) => raw.close())
    must(status === 429, `socket ${LIMITS.socketsPerIp + 1} of an address was answered ${status}`)
    const guest = await target.guest()
    const own = await Promise.all(range(LIMITS.socketsPerUser).map(() => Caller.open(target, guest)))
    const tooMany = await Caller.open(target, guest)
    const code = await withinMs(3_000, 'the excess socket is closed', tooMany.closed)
    must(code === 4429, `socket ${LIMITS.socketsPerUser + 1} of a user was closed with ${code}`)
    must(
      own.every(({ isOpen }) => isOpen),
      'the allowed ones were closed, too',
    )
    own.forEach((caller) => caller.close())
    return { perAddress: strangers.length, perUser: own.length }
  },
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

function liveFrom(target: Target, address: string): Promise<RawSocket> {
  return RawSocket.open(target, upgradeRequest(target, '/live?connectionParams=1', { 'X-Forwarded-For': address }))
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
