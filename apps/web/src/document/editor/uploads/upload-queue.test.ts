import { afterEach, describe, expect, test, vi } from 'vitest'
import { UploadProblem, type Uploaded } from './send-upload.ts'
import { UploadQueue, type UploadState } from './upload-queue.ts'

const file = (name: string) => new File(['x'], name)
const uploaded = (name: string): Uploaded => ({ url: `/${name}`, name, type: 'a/b', bytes: 1, picture: null })

function queueOf() {
  const asked: {
    name: string
    answer(how: Uploaded | Error): void
    progress(part: number): void
    isAborted(): boolean
  }[] = []
  const states = new Map<string, UploadState | 'gone'>()
  const done: string[] = []
  const network = new EventTarget()
  const queue = new UploadQueue({
    documentId: 'd',
    network,
    send: (_, { name }, { onProgress, signal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        const answer = (how: Uploaded | Error) => (how instanceof Error ? reject(how) : resolve(how))
        asked.push({ name, answer, progress: onProgress, isAborted: () => signal.aborted })
      }),
    onDone: ({ file: { name } }) => void done.push(name),
    onChange: (id, job) => void states.set(id, job?.state ?? 'gone'),
  })
  const add = (name: string) => (queue.add(`upload-${name}`, file(name), { asFile: false }), `upload-${name}`)
  return { queue, asked, states, done, network, add }
}

afterEach(() => void vi.useRealTimers())

const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('files on their way', () => {
  test('go two at a time, in order, and say how far they are', async () => {
    const { asked, states, done, add } = queueOf()
    const [first, , third] = ['a', 'b', 'c'].map(add)
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(states.get(third ?? '')).toEqual({ status: 'waiting' })
    asked[0]?.progress(0.5)
    expect(states.get(first ?? '')).toEqual({ status: 'sending', part: 0.5 })
    asked[0]?.progress(1)
    expect(states.get(first ?? '')).toEqual({ status: 'preparing' })
    asked[0]?.answer(uploaded('a'))
    await settled()
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(done).toEqual(['a'])
    expect(states.get(first ?? '')).toBe('gone')
  })

  test('without a connection they wait, and go when there is one', async () => {
    const { queue, asked, states, network, add } = queueOf()
    const id = add('a')
    asked[0]?.answer(new UploadProblem('offline', ''))
    await settled()
    expect(states.get(id)).toEqual({ status: 'offline' })
    expect(queue.size).toBe(1)
    network.dispatchEvent(new Event('online'))
    expect(asked).toHaveLength(2)
    expect(states.get(id)).toEqual({ status: 'sending', part: 0 })
  })

  test('where only the server was away one of them is tried again by itself, later each time; when it is there, all go', async () => {
    vi.useFakeTimers()
    const { asked, states, add } = queueOf()
    const offline = new UploadProblem('offline', '')
    const [first = '', second = ''] = ['a', 'b'].map(add)
    for (const { answer } of asked) answer(offline)
    for (const pauseMs of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = asked.length
      await vi.advanceTimersByTimeAsync(pauseMs - 1)
      expect(asked.length).toBe(before)
      await vi.advanceTimersByTimeAsync(1)
      expect(asked.length).toBe(before + 1)
      expect([states.get(first), states.get(second)]).toEqual([{ status: 'offline' }, { status: 'offline' }])
      asked.at(-1)?.answer(offline)
    }
    await vi.advanceTimersByTimeAsync(30_000)
    asked.at(-1)?.progress(0.5)
    expect(states.get(first)).toEqual({ status: 'sending', part: 0.5 })
    asked.at(-1)?.answer(uploaded('a'))
    await vi.advanceTimersByTimeAsync(0)
    expect([states.get(first), states.get(second)]).toEqual(['gone', { status: 'sending', part: 0 }])
    asked.at(-1)?.answer(uploaded('b'))
    await vi.advanceTimersByTimeAsync(120_000)
    expect([states.get(second), asked.length]).toEqual(['gone', 10])
  })

  test('one that is tried again by itself is not sent twice, and none is when all is closed', async () => {
    vi.useFakeTimers()
    const { queue, asked, states, network, add } = queueOf()
    const id = add('a')
    asked[0]?.answer(new UploadProblem('offline', ''))
    await vi.advanceTimersByTimeAsync(2_000)
    network.dispatchEvent(new Event('online'))
    queue.retry(id)
    expect(asked).toHaveLength(2)
    expect(states.get(id)).toEqual({ status: 'sending', part: 0 })
    asked[1]?.answer(new UploadProblem('offline', ''))
    await vi.advanceTimersByTimeAsync(0)
    queue.close()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(2)
  })

  test('what is refused says why, and does not go again by itself or by asking', async () => {
    const { asked, states, network, queue, add } = queueOf()
    const id = add('a')
    asked[0]?.answer(new UploadProblem('refused', 'Too large.'))
    await settled()
    expect(states.get(id)).toEqual({ status: 'failed', problem: 'Too large.', mayRetry: false })
    network.dispatchEvent(new Event('online'))
    expect(asked).toHaveLength(1)
    queue.cancel(id)
    expect(states.get(id)).toBe('gone')
  })

  test('one that is cancelled is broken off, its place is another’s, and what comes of it is nothing', async () => {
    const { queue, asked, states, done, add } = queueOf()
    const [first = '', , third = ''] = ['a', 'b', 'c'].map(add)
    queue.cancel(first)
    queue.cancel(first)
    expect(asked[0]?.isAborted()).toBe(true)
    await settled()
    expect(states.get(third)).toEqual({ status: 'sending', part: 0 })
    expect(done).toEqual([])
    queue.close()
    expect(queue.size).toBe(0)
    expect(asked.every(({ isAborted }) => isAborted())).toBe(true)
  })
})
