import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import { LoginWatch, type LoginHolder } from './login-watch.ts'

interface Socket extends LoginHolder {
  isOpen: boolean
}

function socketOf(loginId: string | undefined): Socket {
  return {
    loginId,
    isOpen: true,
    loginEnded() {
      this.isOpen = false
    },
  }
}

function watch(lasting: (asked: readonly string[]) => Promise<ReadonlySet<string>>): {
  look: (sockets: Socket[]) => Promise<void>
  wait: (ms: number) => void
} {
  let nowMs = 0
  const watching = new LoginWatch({ lasting, now: () => nowMs, log: createLog('silent') })
  return { look: (sockets) => watching.sweep(sockets), wait: (ms) => (nowMs += ms) }
}

test('every socket of a login that has ended is told, and no other', async () => {
  const sockets = [socketOf('gone'), socketOf('gone'), socketOf('stays'), socketOf(undefined)]
  const { look, wait } = watch(async () => new Set(['stays']))
  wait(3_000)
  await look(sockets)
  expect(sockets.map(({ isOpen }) => isOpen)).toEqual([false, false, true, true])
})

test('each login is asked for once every 3 s, at most 500 in a question', async () => {
  const asked: (readonly string[])[] = []
  const { look, wait } = watch(async (loginIds) => {
    asked.push(loginIds)
    return new Set(loginIds)
  })
  const sockets = Array.from({ length: 1_200 }, (_, index) => socketOf(`login-${index >> 1}`))
  for (let second = 0; second < 5; second += 1) {
    wait(1_000)
    await look(sockets)
  }
  expect(asked.map(({ length }) => length)).toEqual([500, 100])
  expect(sockets.every(({ isOpen }) => isOpen)).toBe(true)
})

test('a database that cannot be asked signs nobody out, and is asked again', async () => {
  let isDown = true
  const { look, wait } = watch(async () => {
    if (isDown) throw new Error('down')
    return new Set<string>()
  })
  const socket = socketOf('gone')
  wait(3_000)
  await look([socket])
  expect(socket.isOpen).toBe(true)
  isDown = false
  wait(3_000)
  await look([socket])
  expect(socket.isOpen).toBe(false)
})
