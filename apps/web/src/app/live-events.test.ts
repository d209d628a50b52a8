import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, test } from 'vitest'
import { applyEvent, type LiveEvent } from './live-events.tsx'

const documentId = 'AAAAAAAAAAAAAAAAAAAAAA'
const renamed = { name: 'documentRenamed', data: { documentId, title: 'New' } } as LiveEvent
const resync = { name: 'resync' } as LiveEvent

let queries: QueryClient
let leave: () => void
afterEach(() => leave())

/** A page that shows the list; the server answers when told to, with what it read when it was asked. */
function page() {
  queries = new QueryClient()
  const answers: ((list: { documentId: string; title: string }[]) => void)[] = []
  const queryFn = () => new Promise<{ documentId: string; title: string }[]>((resolve) => answers.push(resolve))
  leave = new QueryObserver(queries, { queryKey: ['documents'], queryFn }).subscribe(() => undefined)
  const titles = () => queries.getQueryData<{ title: string }[]>(['documents'])?.map(({ title }) => title)
  const answer = async (call: number, title: string) => {
    await expect.poll(() => answers.length).toBeGreaterThan(call)
    answers[call]?.([{ documentId, title }])
  }
  return { answers, answer, titles }
}

test('a rename shows at once, without a fetch', async () => {
  const { answers, answer, titles } = page()
  await answer(0, 'Old')
  await expect.poll(titles).toEqual(['Old'])
  applyEvent(queries, renamed)
  expect(titles()).toEqual(['New'])
  expect(answers).toHaveLength(1)
})

test('a rename that overtakes the answer of an older fetch is not hidden by it', async () => {
  const { answer, titles } = page()
  applyEvent(queries, renamed) // the first fetch, asked before, is still under way
  await answer(0, 'Old')
  await answer(1, 'New')
  await expect.poll(titles).toEqual(['New'])
})

test('after a resync the list is asked for anew, also when the first answer is still under way', async () => {
  const { answer, titles } = page()
  applyEvent(queries, resync)
  await answer(0, 'Old')
  await answer(1, 'New')
  await expect.poll(titles).toEqual(['New'])
})

test('what was taken off the list in another tab goes at once, with its star, and comes back with what the server says', async () => {
  const { answers, answer, titles } = page()
  await answer(0, 'Plan')
  await expect.poll(titles).toEqual(['Plan'])
  queries.setQueryData(['document', documentId], { documentId, isStarred: true })
  applyEvent(queries, { name: 'documentListed', data: { documentId, isListed: false } } as LiveEvent)
  expect(titles()).toEqual([])
  expect(queries.getQueryData(['document', documentId])).toMatchObject({ isStarred: false })
  expect(answers).toHaveLength(1)
  applyEvent(queries, { name: 'documentListed', data: { documentId, isListed: true } } as LiveEvent)
  await answer(1, 'Plan')
  await expect.poll(titles).toEqual(['Plan'])
})

test('an answer from before it was taken off does not bring it back', async () => {
  const { answer, titles } = page()
  applyEvent(queries, { name: 'documentListed', data: { documentId, isListed: false } } as LiveEvent)
  await answer(0, 'Plan')
  await answer(1, 'Another')
  await expect.poll(titles).toEqual(['Another'])
})
