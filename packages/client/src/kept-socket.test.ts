import { withSlot } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import { fakeWebSockets } from '../test/fake-web-socket.ts'
import { ManualClock } from '../test/manual-clock.ts'
import { KeptSocket } from './kept-socket.ts'
import type { TicketSource } from './socket-life.ts'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** Chance that always takes the longest wait. */
async function kept({ fraction = 1, ticket }: { fraction?: number; ticket?: TicketSource } = {}) {
  const clock = new ManualClock()
  const { sockets, WebSocket } = fakeWebSockets()
  const told: string[] = []
  const socket = new KeptSocket({
    url: 'ws://tandem.test/live',
    token: undefined,
    ticket,
    WebSocket,
    clock,
    chance: { id: () => 'unused', fraction: () => fraction },
    up: () => told.push('up'),
    down: (reason) => told.push(reason.code),
    changed: () => undefined,
  })
  socket.start()
  await turn()
  return { clock, sockets, told, socket }
}

describe('a kept socket', () => {
  test('is replaced when it is lost, and each life is told once', async () => {
    const { clock, sockets, told, socket } = await kept()
    sockets[0]?.opens()
    sockets[0]?.closes(1006)
    expect(socket.state).toBe('waiting')
    clock.pass(1_000)
    await turn()
    sockets[1]?.opens()
    expect(told).toEqual(['up', 'socket-closed', 'up'])
    expect(socket.state).toBe('up')
  })

  test('waits up to 1 s first, then 250 ms doubling to 15 s, and starts over after a success', async () => {
    const { clock, sockets } = await kept()
    const waits: (number | undefined)[] = []
    for (let attempt = 0; attempt < 10; attempt++) {
      sockets[attempt]?.closes(1006)
      waits.push(clock.waits[0])
      clock.pass(clock.waits[0] ?? 0)
      await turn()
    }
    expect(waits).toEqual([1_000, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000])
    sockets[10]?.opens()
    clock.pass(5_000)
    sockets[10]?.closes(1006)
    expect(clock.waits).toEqual([1_000])
  })

  test('asks for a ticket with every attempt; one that is not given is an attempt that failed', async () => {
    let asked = 0
    const ticket: TicketSource = async () => {
      asked += 1
      if (asked % 2 === 1) throw new Error('The server of this page is down.')
      return `ticket-${asked}`
    }
    const { clock, sockets, told, socket } = await kept({ ticket })
    const waits: (number | undefined)[] = []
    for (let attempt = 1; attempt <= 6; attempt++) {
      expect(asked).toBe(attempt)
      if (attempt % 2 === 0) sockets[attempt / 2 - 1]?.closes(1006)
      waits.push(clock.waits[0])
      clock.pass(clock.waits[0] ?? 0)
      await turn()
    }
    expect(waits).toEqual([1_000, 500, 1_000, 2_000, 4_000, 8_000])
    expect(sockets.map(({ protocols }) => protocols[1])).toEqual([
      'ticket.ticket-2',
      'ticket.ticket-4',
      'ticket.ticket-6',
    ])
    expect([socket.isLost, told]).toEqual([true, []])
  })

  test('one that is accepted and dropped at once is no success', async () => {
    const { clock, sockets } = await kept()
    sockets[0]?.closes(1006)
    clock.pass(1_000)
    await turn()
    sockets[1]?.opens()
    sockets[1]?.closes(1006)
    expect(clock.waits).toEqual([500])
  })

  test('comes back in the slot that the node gave it, once; if that fails, with jitter on top', async () => {
    const { clock, sockets } = await kept()
    sockets[0]?.opens()
    clock.pass(5_000)
    sockets[0]?.closes(1012, withSlot('This node restarts.', 700))
    expect(clock.waits).toEqual([800])
    clock.pass(800)
    await turn()
    sockets[1]?.opens()
    sockets[1]?.closes(1012, withSlot('This node restarts, too.', 0))
    expect(clock.waits).toEqual([500])
    clock.pass(500)
    await turn()
    sockets[2]?.closes(4429, withSlot('Far too late.', 900_000))
    expect(clock.waits).toEqual([16_000])
  })

  test('the wait is a full jitter', async () => {
    const { clock, sockets } = await kept({ fraction: 0.25 })
    sockets[0]?.closes(1006)
    expect(clock.waits).toEqual([250])
  })

  test('is lost after a second failure, not between two sockets', async () => {
    const { clock, sockets, socket } = await kept()
    sockets[0]?.opens()
    sockets[0]?.closes(1006)
    expect(socket.isLost).toBe(false)
    clock.pass(1_000)
    await turn()
    sockets[1]?.closes(1006)
    expect(socket.isLost).toBe(true)
  })

  test.each(['not-signed-in', 'not-allowed', 'client-too-old'] as const)(
    'that was refused with %s is not tried again by itself',
    async (code) => {
      const { clock, sockets, told, socket } = await kept()
      const closeCode = { 'not-signed-in': 4401, 'not-allowed': 4403, 'client-too-old': 4426 }[code]
      sockets[0]?.closes(closeCode)
      expect(told).toEqual([code])
      expect(socket.state).toBe('refused')
      clock.pass(60_000)
      expect(sockets).toHaveLength(1)
      socket.start()
      await turn()
      expect(sockets).toHaveLength(2)
    },
  )

  test('a hint that the network is back cuts a long wait short; a hint that it is gone asks the socket', async () => {
    const { clock, sockets, socket, told } = await kept()
    for (let attempt = 0; attempt < 6; attempt++) {
      sockets[attempt]?.closes(1006)
      if (attempt < 5) clock.pass(clock.waits[0] ?? 0)
      await turn()
    }
    socket.wake('offline')
    expect(clock.waits).toEqual([8_000])
    socket.wake('online')
    expect(clock.waits).toEqual([250])
    clock.pass(250)
    await turn()
    sockets[6]?.opens()
    socket.wake('offline')
    clock.pass(2_000)
    expect(told).toEqual(['up', 'socket-closed'])
  })

  test('an attempt that hangs when the network is back is given up soon, and tried again soon', async () => {
    const { clock, sockets, socket } = await kept()
    for (let attempt = 0; attempt < 6; attempt++) {
      sockets[attempt]?.closes(1006)
      clock.pass(clock.waits[0] ?? 0)
      await turn()
    }
    expect([socket.state, clock.waits]).toEqual(['connecting', [8_000]])
    for (const event of ['offline', 'visible'] as const) socket.wake(event)
    expect(clock.waits).toEqual([8_000])
    socket.wake('online')
    expect(clock.waits).toEqual([2_000])
    clock.pass(2_000)
    expect(clock.waits).toEqual([250])
    clock.pass(250)
    await turn()
    socket.wake('online')
    clock.pass(100)
    sockets[7]?.opens()
    sockets[7]?.closes(1006)
    expect(clock.waits).toEqual([15_000]) // it is hurried no more
    socket.wake('online')
    expect(clock.waits).toEqual([250])
  })

  test('stopped, it stays so', async () => {
    const { clock, sockets, socket, told } = await kept()
    sockets[0]?.opens()
    socket.stop()
    socket.stop()
    expect(told).toEqual(['up', 'socket-closed'])
    clock.pass(60_000)
    await turn()
    expect(sockets).toHaveLength(1)
    expect(clock.waits).toEqual([])
  })

  test('stopped while it waits or connects, it says nothing', async () => {
    const { clock, sockets, socket, told } = await kept()
    sockets[0]?.closes(1006)
    socket.stop()
    expect(clock.waits).toEqual([])
    socket.start()
    await turn()
    socket.stop()
    sockets[1]?.opens()
    expect(told).toEqual([])
  })
})
