import { expect, test } from 'vitest'
import { rest } from '../test/one-document.ts'
import { live, open } from '../test/one-replica.ts'

test('[REP-5] a push that waits out a refusal goes at once over the next link, and its pause is over', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('a')
  await rest()
  await wire.refuse('overloaded')
  expect(page.replica.view.saving).toBe('unsaved')
  expect(page.timers.length).toBe(1)
  page.replica.detach()
  expect(page.timers).toEqual([])
  const next = await live(page)
  expect(next.pushes.map(({ pushId }) => pushId)).toEqual([1])
  await next.ack(1)
  expect(page.replica.view.saving).toBe('saved')
})
