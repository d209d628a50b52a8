import { binaryEncoder, SyncError, type DocumentId, type Epoch, type Push, type ReplicaId } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import { fakeWebSockets } from '../test/fake-web-socket.ts'
import { ManualClock } from '../test/manual-clock.ts'
import { SocketLife, type TicketSource } from './socket-life.ts'

/** tRPC makes its socket and its sends in later turns. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))
const { encode, decode } = binaryEncoder()

interface Brought {
  token?: string
  ticket?: TicketSource
}

async function started(options: Brought) {
  const clock = new ManualClock()
  const { sockets, WebSocket } = fakeWebSockets()
  const told: (string | SyncError)[] = []
  const life = new SocketLife({
    url: 'ws://tandem.test/live',
    token: options.token,
    ticket: options.ticket,
    WebSocket,
    clock,
    up: () => told.push('up'),
    down: (reason) => told.push(reason),
  })
  await turn()
  return { clock, sockets, told, life }
}

async function connecting(options: Brought = {}) {
  const begun = await started(options)
  const [socket] = begun.sockets
  if (!socket) throw new Error('No socket was made.')
  return { ...begun, socket }
}

async function open(options: Brought = {}) {
  const opened = await connecting(options)
  opened.socket.opens()
  await turn()
  return opened
}

const codes = (told: readonly (string | SyncError)[]) => told.map((one) => (one instanceof SyncError ? one.code : one))

describe('one life', () => {
  test('a call goes out as a binary frame and its answer comes back', async () => {
    const { life, socket } = await open()
    const answer = life.call((api) => api.me.get.query())
    await turn()
    const request = decode(socket.sent.at(-1) as Uint8Array) as { id: number; method: string; params: { path: string } }
    expect(request).toMatchObject({ method: 'query', params: { path: 'me.get' } })
    socket.says(encode({ id: request.id, result: { type: 'data', data: { name: 'Ann' } } }))
    await expect(answer).resolves.toEqual({ name: 'Ann' })
  })

  test('the token is the first message, never in the URL', async () => {
    const { socket } = await open({ token: 'secret-of-ann' })
    expect(socket.url).toBe('ws://tandem.test/live?connectionParams=1')
    expect(decode(socket.sent[0] as Uint8Array)).toMatchObject({
      method: 'connectionParams',
      data: { token: 'secret-of-ann' },
    })
  })

  test('a ticket is offered beside our subprotocol, and neither it nor the token goes anywhere else', async () => {
    const { socket } = await open({ token: 'secret-of-ann', ticket: async () => 'Ticket_1-x' })
    expect(socket.protocols).toEqual(['tandem', 'ticket.Ticket_1-x'])
    expect([socket.url, socket.sent]).toEqual(['ws://tandem.test/live', []])
  })

  test.for<[string, () => Promise<string>]>([
    ['rejected', () => Promise.reject(new Error('500'))],
    [
      'thrown',
      () => {
        throw new Error('no window')
      },
    ],
    ['no ticket', async () => 'secret, with a comma'],
    ['not even a string', async () => ({ ticket: 'x' }) as unknown as string],
  ])('without a ticket there is no socket: %s', async ([, ticket]) => {
    const { sockets, told } = await started({ ticket })
    expect(codes(told)).toEqual(['socket-closed'])
    expect(String((told[0] as SyncError).cause)).not.toContain('secret')
    expect(sockets).toEqual([])
  })

  test('a ticket that comes too late opens nothing', async () => {
    const ticket = Promise.withResolvers<string>()
    const { clock, sockets, told } = await started({ ticket: () => ticket.promise })
    clock.pass(8_000)
    expect(codes(told)).toEqual(['socket-closed'])
    ticket.resolve('late')
    await turn()
    expect(sockets).toEqual([])
  })

  test('no connection within 8 s ends it', async () => {
    const { clock, told, socket } = await connecting()
    clock.pass(7_999)
    expect(told).toEqual([])
    clock.pass(1)
    expect(codes(told)).toEqual(['socket-closed'])
    socket.opens()
    expect(told).toHaveLength(1)
  })

  test('silence is asked about, and an answer is enough', async () => {
    const { clock, told, socket } = await open()
    clock.pass(5_500)
    expect(socket.sent).toEqual(['PING'])
    socket.says('PONG')
    clock.pass(7_999)
    expect(codes(told)).toEqual(['up'])
    clock.pass(1)
    expect(socket.sent).toEqual(['PING', 'PING'])
  })

  test('a node that stalls for 6 s is not taken for dead, whenever it was asked', async () => {
    const { clock, told, socket } = await open()
    clock.pass(5_500 + 6_000)
    socket.says('PONG')
    clock.pass(2_000)
    expect(codes(told)).toEqual(['up'])
  })

  test('a wall clock that is set back ends no living socket and keeps no dead one', async () => {
    const { clock, told, socket } = await open()
    clock.pass(5_500)
    clock.jump(-3_600_000)
    socket.says('PONG')
    clock.pass(8_000)
    expect(codes(told)).toEqual(['up'])
    socket.says('PONG')
    clock.jump(-3_600_000)
    clock.pass(16_000)
    expect(codes(told)).toEqual(['up', 'socket-closed'])
  })

  test('any frame is a sign of life', async () => {
    const { clock, socket } = await open()
    for (let second = 0; second < 60; second += 5) {
      clock.pass(5_000)
      socket.says(encode({ id: 99, result: { type: 'data', data: null } }))
    }
    expect(socket.sent).toEqual([])
  })

  test('a half-open socket ends 13.5 s after its last word, and calls in flight reject, though no close event ever comes', async () => {
    const { clock, told, life } = await open()
    const call = life.call((api) => api.me.get.query())
    const rejected = call.catch((error: unknown) => error)
    clock.pass(13_499)
    expect(codes(told)).toEqual(['up'])
    clock.pass(1)
    expect(codes(told)).toEqual(['up', 'socket-closed'])
    expect(await rejected).toMatchObject({ code: 'socket-closed' })
    await expect(life.call((api) => api.me.get.query())).rejects.toMatchObject({ code: 'socket-closed' })
  })

  test('a reason to doubt it shortens that to 2 s', async () => {
    const { clock, told, life } = await open()
    life.probe()
    clock.pass(2_000)
    expect(codes(told)).toEqual(['up', 'socket-closed'])
    expect(clock.waits).toEqual([])
  })
})

describe('a push', () => {
  const push: Push = {
    documentId: 'document-minutes' as DocumentId,
    epoch: 'epoch-one' as Epoch,
    replicaId: 'replica-1' as ReplicaId,
    pushId: 1,
    update: Uint8Array.of(0, 0),
    schemaVersion: 1,
  }
  const sentBy = ({ sent }: { sent: readonly unknown[] }) => decode(sent.at(-1) as Uint8Array) as { id: string }

  test('leaves in the turn in which it is made, as tRPC would say it, and its answer is nobody else’s', async () => {
    const { life, socket, told } = await open()
    const pushed = life.push(push)
    expect(sentBy(socket)).toMatchObject({ method: 'mutation', params: { path: 'document.push', input: push } })
    socket.says(encode({ id: sentBy(socket).id, result: { type: 'data', data: { seq: 7 } } }))
    await expect(pushed).resolves.toEqual({ seq: 7 })
    expect(codes(told)).toEqual(['up'])
  })

  test('rejects with what the server names, and with nothing worse than a lost connection when it names nothing', async () => {
    const { life, socket, told } = await open()
    const refused = life.push(push)
    const data = { code: 'FORBIDDEN', sync: { code: 'not-allowed', message: 'Ask Ann.' } }
    socket.says(encode({ id: sentBy(socket).id, error: { message: 'x', data } }))
    await expect(refused).rejects.toMatchObject({ code: 'not-allowed', message: 'Ask Ann.' })
    for (const said of [{}, { error: 'no' }, { result: null }, { result: { type: 'data' } }]) {
      const unclear = life.push(push)
      socket.says(encode({ id: sentBy(socket).id, ...said }))
      await expect(unclear).rejects.toMatchObject({ code: 'socket-closed' })
    }
    expect(codes(told)).toEqual(['up'])
  })

  test('that the socket takes with it may have arrived: socket-closed, like every later one', async () => {
    const { life, socket } = await open()
    const first = life.push(push).catch((error: unknown) => error)
    socket.closes(4426)
    expect(await first).toMatchObject({ code: 'socket-closed' })
    await expect(life.push(push)).rejects.toMatchObject({ code: 'socket-closed' })
  })

  test('that the socket does not take is refused', async () => {
    const { life, socket } = await open()
    socket.send = () => {
      throw new DOMException('Still connecting.', 'InvalidStateError')
    }
    await expect(life.push(push)).rejects.toMatchObject({ code: 'socket-closed' })
  })
})

describe('it ends', () => {
  test.each([
    [1006, 'socket-closed'],
    [1012, 'node-draining'],
    [4401, 'not-signed-in'],
    [4408, 'too-slow'],
    [4426, 'client-too-old'],
    [4429, 'overloaded'],
    [4999, 'socket-closed'],
  ])('by close code %i as %s', async (closeCode, code) => {
    const { socket, told } = await open()
    socket.closes(closeCode)
    expect(codes(told)).toEqual(['up', code])
  })

  test('with what the server said before it closed', async () => {
    const { socket, told } = await open()
    socket.says(
      encode({
        id: null,
        error: { message: 'x', data: { code: 'FORBIDDEN', sync: { code: 'not-allowed', message: 'Ask Ann.' } } },
      }),
    )
    socket.closes(1000)
    expect(told.at(-1)).toMatchObject({ code: 'not-allowed', message: 'Ask Ann.' })
  })

  test('whatever the reason was, a call in flight may have run: socket-closed', async () => {
    const { socket, life } = await open()
    const call = life.call((api) => api.me.get.query())
    const rejected = call.catch((error: unknown) => error)
    await turn()
    socket.closes(4426)
    expect(await rejected).toMatchObject({ code: 'socket-closed' })
  })

  test.each([
    ['bytes that are no frame', Uint8Array.of(0xc1)],
    ['text', 'hello'],
    ['no message', encode([1, 2])],
  ])('when the server sends %s', async (_, frame) => {
    const { socket, told } = await open()
    socket.says(frame)
    expect(codes(told)).toEqual(['up', 'socket-closed'])
  })

  test('when the server asks to connect again; tRPC opens no second socket by itself, then or later', async () => {
    const { socket, sockets, told, life } = await open()
    life.api.documents.changes.subscribe(undefined, {})
    await turn()
    socket.says(encode({ id: null, method: 'reconnect' }))
    socket.closes(1000)
    expect(codes(told)).toEqual(['up', 'node-draining'])
    await turn()
    await turn()
    expect(sockets).toHaveLength(1)
  })

  test('when the URL is one that no socket can have', async () => {
    const told: SyncError[] = []
    const life = new SocketLife({
      url: 'ftp://tandem.test',
      token: undefined,
      WebSocket,
      clock: new ManualClock(),
      up: () => undefined,
      down: (reason) => told.push(reason),
    })
    await turn()
    await turn()
    expect(codes(told)).toEqual(['bad-input'])
    expect(life.reason?.message).toContain('ftp://tandem.test')
  })

  test('once', async () => {
    const { socket, told, life } = await open()
    life.close()
    life.close()
    socket.closes(1000)
    socket.opens()
    expect(codes(told)).toEqual(['up', 'socket-closed'])
  })
})
