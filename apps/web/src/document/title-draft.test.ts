import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TitleDraft, type TitleDraftPorts } from './title-draft.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server that answers when told to. */
function server() {
  const calls: { title: string; resolve(): void; reject(error: Error): void }[] = []
  const kept: (string | undefined)[] = []
  const refused: unknown[] = []
  const ports: TitleDraftPorts = {
    save: (title) => new Promise((resolve, reject) => calls.push({ title, resolve, reject })),
    mayRetry: (error) => error instanceof Error && error.message === 'offline',
    refused: (error) => refused.push(error),
    keep: (title) => kept.push(title),
  }
  const draft = new TitleDraft(ports, undefined)
  const leave = draft.open()
  return { calls, kept, refused, draft, leave }
}

test('what is typed is sent once after a pause, and is a draft until it is stored', async () => {
  const { calls, kept, draft } = server()
  draft.type('P')
  draft.type('Plan')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(calls.map((call) => call.title)).toEqual(['Plan'])
  expect(draft.getSnapshot()).toBe('Plan')
  calls[0]?.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(draft.getSnapshot()).toBeUndefined()
  expect(kept.at(-1)).toBeUndefined()
})

test('typing during a save sends the newer text after it, one at a time', async () => {
  const { calls, draft } = server()
  draft.type('One')
  draft.flush()
  await vi.advanceTimersByTimeAsync(0)
  draft.type('Two')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(calls).toHaveLength(1)
  calls[0]?.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(calls.map((call) => call.title)).toEqual(['One', 'Two'])
  expect(draft.getSnapshot()).toBe('Two')
})

test('without a connection it keeps trying; a refusal drops the draft and says so', async () => {
  const { calls, refused, kept, draft } = server()
  draft.type('Plan')
  draft.flush()
  await vi.advanceTimersByTimeAsync(0)
  calls[0]?.reject(new Error('offline'))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(calls).toHaveLength(2)
  expect(kept.at(-1)).toBe('Plan')
  calls[1]?.reject(new Error('not allowed'))
  await vi.advanceTimersByTimeAsync(0)
  expect(draft.getSnapshot()).toBeUndefined()
  expect(refused).toHaveLength(1)
})

test('after the page is left one last attempt is made, and what failed stays kept', async () => {
  const { calls, kept, draft, leave } = server()
  draft.type('Plan')
  leave()
  await vi.advanceTimersByTimeAsync(0)
  calls[0]?.reject(new Error('offline'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls).toHaveLength(1)
  expect(kept.at(-1)).toBe('Plan')
})
