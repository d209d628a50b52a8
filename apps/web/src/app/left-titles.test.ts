// @vitest-environment jsdom
import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dismiss, toastStore } from '../ui/toast-store.ts'
import { holdTitle, keepTitle, keptTitle, keptTitles } from './kept-titles.ts'
import { sendLeftTitles } from './left-titles.ts'

let sent: { documentId: string; title: string }[]
let answer: (title: string) => Promise<{ title: string }>
/** Names of locks that a page holds. */
let held: Map<string, number>

beforeEach(() => {
  localStorage.clear()
  sent = []
  answer = async (title) => ({ title })
  held = new Map()
  vi.stubGlobal('navigator', { locks: { request } })
})
afterEach(() => {
  for (const { id } of toastStore.getSnapshot()) dismiss(id)
  vi.unstubAllGlobals()
})

/** As a browser's Web Locks, as far as they are used here. */
async function request(
  name: string,
  { ifAvailable }: LockOptions,
  work: (lock: object | null) => unknown,
): Promise<void> {
  if (ifAvailable === true && (held.get(name) ?? 0) > 0) return void (await work(null))
  held.set(name, (held.get(name) ?? 0) + 1)
  await work({ name })
  held.set(name, (held.get(name) ?? 0) - 1)
}

const send = () =>
  sendLeftTitles({
    api: {
      documents: {
        rename: {
          mutate: ({ documentId, title }) => {
            sent.push({ documentId, title })
            return answer(title) as never
          },
        },
      },
    },
    queries: new QueryClient(),
    userId: 'user-ann',
  })

test('titles that were left are sent, this account\u2019s only, and are kept no longer', async () => {
  keepTitle('user-ann', 'document-1', 'One')
  keepTitle('user-ann', 'document-2', '')
  keepTitle('user-bob', 'document-1', 'Another')
  await send()
  expect(sent).toEqual([
    { documentId: 'document-1', title: 'One' },
    { documentId: 'document-2', title: '' },
  ])
  expect(keptTitles('user-ann').size).toBe(0)
  expect(keptTitle('user-bob', 'document-1')).toBe('Another')
})

test('that of a document which a page has open is that page\u2019s to send', async () => {
  keepTitle('user-ann', 'document-1', 'One')
  const release = holdTitle('user-ann', 'document-1')
  await send()
  expect(sent).toEqual([])
  release()
  await vi.waitFor(() => expect([...held.values()]).toEqual([0]))
  await send()
  expect(sent).toHaveLength(1)
})

test('without a connection it stays; what is refused is said; what was typed meanwhile is not lost', async () => {
  keepTitle('user-ann', 'document-1', 'One')
  answer = () => Promise.reject(new TypeError('Failed to fetch'))
  await send()
  expect(keptTitle('user-ann', 'document-1')).toBe('One')
  expect(toastStore.getSnapshot()).toEqual([])

  answer = async (title) => {
    keepTitle('user-ann', 'document-1', 'Two')
    return { title }
  }
  await send()
  expect(keptTitle('user-ann', 'document-1')).toBe('Two')

  const data = { sync: { code: 'not-allowed', message: 'This needs the role editor.' } }
  answer = () => Promise.reject(Object.assign(new Error('refused'), { data, shape: { data, message: 'refused' } }))
  await send()
  expect(keptTitle('user-ann', 'document-1')).toBeUndefined()
  expect(toastStore.getSnapshot()).toHaveLength(1)
})
