import { MutationObserver, QueryClient } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { hearStar, starChange, type StarChange } from './stars.ts'

const documentId = 'AAAAAAAAAAAAAAAAAAAAAA' as StarChange['documentId']

/** A page that shows one document in its list; the server answers each call when told to. */
function page() {
  const queries = new QueryClient()
  queries.setQueryData(['documents'], [{ documentId, title: 'Plan', isStarred: false }])
  const calls: { isStarred: boolean; answer(): void; refuse(): void }[] = []
  const refetched = vi.spyOn(queries, 'invalidateQueries')
  const change = starChange(queries, documentId, (isStarred) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    calls.push({ isStarred, answer: () => resolve({ isStarred }), refuse: () => reject(new Error('no')) })
    return promise
  })
  const click = (isStarred: boolean) =>
    void new MutationObserver(queries, change).mutate(isStarred).catch(() => undefined)
  const shown = () => queries.getQueryData<{ isStarred: boolean }[]>(['documents'])?.[0]?.isStarred
  const done = () => expect.poll(() => queries.isMutating()).toBe(0)
  const called = (count: number) => expect.poll(() => calls.length).toBe(count)
  return { queries, calls, click, shown, done, called, refetched }
}

test('a star shows at once, and its own echo asks for nothing', async () => {
  const { queries, calls, click, shown, done, called, refetched } = page()
  click(true)
  await expect.poll(shown).toBe(true)
  await called(1)
  hearStar(queries, { documentId, isStarred: true })
  calls[0]?.answer()
  await done()
  expect(shown()).toBe(true)
  expect(refetched).not.toHaveBeenCalled()
})

test('clicks are sent one after the other, and the echo of the first does not undo the second', async () => {
  const { queries, calls, click, shown, done, called, refetched } = page()
  click(true)
  await called(1)
  click(false)
  await expect.poll(shown).toBe(false)
  expect(calls).toHaveLength(1)
  hearStar(queries, { documentId, isStarred: true })
  expect(shown()).toBe(false)
  calls[0]?.answer()
  await called(2)
  expect(calls[1]?.isStarred).toBe(false)
  calls[1]?.answer()
  await done()
  expect(shown()).toBe(false)
  expect(refetched).toHaveBeenCalledWith({ queryKey: ['documents'] }) // another tab may have said that, too
})

test('a star that is refused is taken back, and the list is asked for', async () => {
  const { calls, click, shown, done, called, refetched } = page()
  click(true)
  await expect.poll(shown).toBe(true)
  await called(1)
  calls[0]?.refuse()
  await done()
  expect(shown()).toBe(false)
  expect(refetched).toHaveBeenCalledWith({ queryKey: ['documents'] })
})

test('a click that is refused leaves the one after it as it shows', async () => {
  const { calls, click, shown, done, called } = page()
  click(true)
  await called(1)
  click(false)
  await expect.poll(shown).toBe(false)
  click(true)
  await expect.poll(shown).toBe(true)
  calls[0]?.refuse()
  await called(2)
  expect(shown()).toBe(true)
  calls[1]?.refuse()
  await called(3)
  expect(shown()).toBe(true)
  calls[2]?.answer()
  await done()
  expect(shown()).toBe(true)
})

test('what another tab set shows at once; of a document that is not in the list the list is asked for', () => {
  const { queries, shown, refetched } = page()
  hearStar(queries, { documentId, isStarred: true })
  expect(shown()).toBe(true)
  expect(refetched).not.toHaveBeenCalled()
  hearStar(queries, { documentId: 'BBBBBBBBBBBBBBBBBBBBBB', isStarred: true })
  expect(refetched).toHaveBeenCalledWith({ queryKey: ['documents'] })
})
