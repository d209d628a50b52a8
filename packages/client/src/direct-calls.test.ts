import { SyncError } from '@tandem/sync'
import { expect, test } from 'vitest'
import { DirectCalls } from './direct-calls.ts'

function calling() {
  const sent: { id: string }[] = []
  return { sent, calls: new DirectCalls((message) => void sent.push(message as { id: string })) }
}

test('each call has an id of its own, and takes its own answer, once', async () => {
  const { sent, calls } = calling()
  const [one, other] = [calls.mutate('document.push', {}), calls.mutate('document.push', {})]
  const [first, second] = sent.map(({ id }) => ({ id, result: { type: 'data', data: { of: id } } }))
  if (first === undefined || second === undefined) throw new Error('Two were sent.')
  expect(calls.take(second)).toBe(true)
  expect(calls.take(second)).toBe(false)
  expect(calls.take({ ...first, id: 1 })).toBe(false) // one of tRPC's
  expect(calls.take(first)).toBe(true)
  expect(await Promise.all([one, other])).toEqual([{ of: first.id }, { of: second.id }])
})

test('what waits for an answer at the end rejects, and an answer that comes after all is nobody’s', async () => {
  const { sent, calls } = calling()
  const call = calls.mutate('document.push', {})
  calls.end(new SyncError('socket-closed', 'gone'))
  await expect(call).rejects.toMatchObject({ code: 'socket-closed', message: 'gone' })
  expect(calls.take({ id: sent[0]?.id, result: { data: {} } })).toBe(false)
})
