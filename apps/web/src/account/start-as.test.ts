// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { signInAhead } from './sign-in.ts'
import { startAs } from './start-as.ts'

const ANN = { userId: 'user-ann', name: 'Ann', isGuest: true }
const BOB = { userId: 'user-bob', name: 'Bob', isGuest: false }

let stored: Map<string, string>
let answer: () => Promise<Response>

beforeEach(() => {
  stored = new Map()
  vi.useFakeTimers()
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
  })
  vi.stubGlobal('fetch', () => answer())
  says(ANN)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function says(me: unknown): void {
  answer = async () => Response.json({ result: { data: me } })
}

function noNetwork(): void {
  answer = () => Promise.reject(new TypeError('Failed to fetch'))
}

test('the server’s word counts, also against what is remembered', async () => {
  expect(await startAs()).toEqual({ me: ANN, isRemembered: false })
  says(BOB)
  expect(await startAs()).toEqual({ me: BOB, isRemembered: false })
  noNetwork()
  expect(await startAs()).toEqual({ me: BOB, isRemembered: true })
})

test('who was asked for ahead is not asked for again, but the next time is another', async () => {
  let times = 0
  answer = async () => Response.json({ result: { data: (times += 1) === 1 ? ANN : BOB } })
  signInAhead()
  expect(await startAs()).toEqual({ me: ANN, isRemembered: false })
  expect(times).toBe(1)
  expect(await startAs()).toEqual({ me: BOB, isRemembered: false })
})

test('what went wrong ahead is said to who starts, and asked anew', async () => {
  noNetwork()
  signInAhead()
  says(ANN)
  await expect(startAs()).rejects.toThrow('Failed to fetch')
  expect(await startAs()).toEqual({ me: ANN, isRemembered: false })
})

test('who is not let in is told so, whomever the page remembers', async () => {
  await startAs()
  const error = { message: 'This account is suspended.', data: { sync: { code: 'not-signed-in' } } }
  answer = async () => Response.json({ error }, { status: 401 })
  await expect(startAs()).rejects.toMatchObject({ code: 'not-signed-in', message: 'This account is suspended.' })
})

test('a server that does not answer in time is not waited for by whom it knows', async () => {
  await startAs()
  answer = () => new Promise(() => undefined)
  const start = startAs()
  await vi.advanceTimersByTimeAsync(2_499)
  const settled = vi.fn()
  void start.then(settled)
  await vi.advanceTimersByTimeAsync(0)
  expect(settled).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(await start).toEqual({ me: ANN, isRemembered: true })
})

test('a server that is not well is like none', async () => {
  await startAs()
  answer = async () => Response.json({ error: { message: 'The database cannot be reached.' } }, { status: 503 })
  expect(await startAs()).toEqual({ me: ANN, isRemembered: true })
})

test('who was never here needs the server', async () => {
  noNetwork()
  await expect(startAs()).rejects.toThrow('Failed to fetch')
})

test('what somebody else wrote there is nobody, and a storage that refuses remembers nobody', async () => {
  noNetwork()
  for (const text of ['{', '7', '{"userId":7,"name":"x"}', '{"userId":"","name":"x"}', '{"userId":"user-x"}']) {
    stored.set('tandem:me', text)
    await expect(startAs()).rejects.toThrow('Failed to fetch')
  }
  const refuse = (): never => {
    throw new DOMException('denied', 'SecurityError')
  }
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse })
  says(ANN)
  expect(await startAs()).toEqual({ me: ANN, isRemembered: false })
})
