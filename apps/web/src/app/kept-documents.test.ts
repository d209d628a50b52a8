import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test, vi } from 'vitest'
import { keepScreen, keptScreen } from '../document/first-screen/first-screen-storage.ts'
import { keepDocuments } from './kept-documents.ts'

/** As a browser's, which may be full or switched off. */
class MemoryStorage {
  readonly stored = new Map<string, string>()
  getItem = (name: string): string | null => this.stored.get(name) ?? null
  setItem = (name: string, value: string): void => void this.stored.set(name, value)
  removeItem = (name: string): void => void this.stored.delete(name)
}

const PLAN = { documentId: 'document-1', title: 'Plan', isStarred: true, requests: 2 }
let storage: MemoryStorage

beforeEach(() => {
  storage = new MemoryStorage()
  vi.stubGlobal('localStorage', storage)
})

function listOf(queries: QueryClient): unknown {
  return queries.getQueryData(['documents'])
}

test('the next page shows what this one was told, until it is told itself', () => {
  const before = new QueryClient()
  keepDocuments(before, 'ann')
  before.setQueryData(['documents'], [PLAN])
  before.setQueryData(['documents', 'other'], ['not the list'])

  const after = new QueryClient()
  keepDocuments(after, 'ann')
  expect(listOf(after)).toEqual([PLAN])
  expect(after.getQueryState(['documents'])?.dataUpdatedAt).toBe(1) // so old that it is asked for at once
})

test('a list kept by a page of before there were stars has none', () => {
  storage.stored.set('tandem:documents:1:ann', '[{"documentId":"document-1","title":"Plan"}]')
  const queries = new QueryClient()
  keepDocuments(queries, 'ann')
  expect(listOf(queries)).toEqual([{ ...PLAN, isStarred: false, requests: 0 }])
})

test('another account sees nothing of it', () => {
  const ann = new QueryClient()
  keepDocuments(ann, 'ann')
  ann.setQueryData(['documents'], [PLAN])
  const bob = new QueryClient()
  keepDocuments(bob, 'bob')
  expect(listOf(bob)).toBeUndefined()
})

test('of a document that has gone from the list nothing is shown the next time, of the others it is', () => {
  const other = { ...PLAN, documentId: 'document-2' }
  storage.stored.set('tandem:me', '{"userId":"ann","name":"Ann"}')
  keepScreen('ann', 'document-2', { top: 96, blocks: ['x'] }, 1)
  const before = new QueryClient()
  keepDocuments(before, 'ann')
  before.setQueryData(['documents'], [PLAN, other])
  expect(keptScreen('ann', 'document-2')).toBeDefined()

  const after = new QueryClient()
  keepDocuments(after, 'ann')
  after.setQueryData(['documents'], [other])
  expect(keptScreen('ann', 'document-2')).toBeDefined()
  after.setQueryData(['documents'], [PLAN])
  expect(keptScreen('ann', 'document-2')).toBeUndefined()
})

test('what is stopped keeps nothing more', () => {
  const queries = new QueryClient()
  const stop = keepDocuments(queries, 'ann')
  stop()
  queries.setQueryData(['documents'], [PLAN])
  expect(storage.stored.size).toBe(0)
})

test('what somebody else wrote there is not shown, and a storage that refuses is none', () => {
  for (const text of ['{', '"list"', '[{"documentId":7}]', '[null]']) {
    storage.stored.set('tandem:documents:1:ann', text)
    const queries = new QueryClient()
    keepDocuments(queries, 'ann')
    expect(listOf(queries)).toBeUndefined()
  }
  const refuse = (): never => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse })
  const queries = new QueryClient()
  keepDocuments(queries, 'ann')
  queries.setQueryData(['documents'], [PLAN])
  expect(listOf(queries)).toEqual([PLAN])
})
