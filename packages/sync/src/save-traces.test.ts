import { describe, expect, test } from 'vitest'
import { rest } from '../test/one-document.ts'
import { Disk, live, open, updateOf, type Page } from '../test/one-replica.ts'
import { SaveTraces, type SaveWaits } from './save-traces.ts'

const TYPED_MS = 1_000

async function opened(disk = new Disk()): Promise<Page> {
  const page = await open(disk)
  page.nowMs = TYPED_MS
  return page
}

const waitsOf = (page: Page): SaveWaits | undefined => page.replica.saves?.last?.waits

const sumOf = ({ keepMs = 0, linkMs = 0, turnMs, roundTripMs }: SaveWaits): number =>
  keepMs + linkMs + turnMs + roundTripMs

test('[REP-11] the waits of what was typed offline are told apart, and add up to all the time it took', async () => {
  const disk = new Disk()
  const stored = Promise.withResolvers<void>()
  disk.before = (name) => (name === 'keep' ? stored.promise : undefined)
  const page = await opened(disk)
  expect(page.replica.saves).toMatchObject({ last: undefined, waitingSinceMs: undefined })
  page.type('a')
  page.nowMs += 5
  stored.resolve()
  await rest()
  page.nowMs += 60_000
  page.type('b') // merged into the same change, which began before
  await rest()
  expect(page.replica.saves?.waitingSinceMs).toBe(TYPED_MS)
  const wire = await live(page)
  page.nowMs += 30
  await wire.ack(1, { heldMs: 12 })
  expect(page.replica.saves?.last).toEqual({
    savedAtMs: page.nowMs,
    waits: { keepMs: 5, linkMs: 60_000, turnMs: 0, roundTripMs: 30, nodeMs: 12 },
  })
  expect(sumOf(waitsOf(page) ?? expect.unreachable())).toBe(page.nowMs - TYPED_MS)
  expect(page.replica.saves?.waitingSinceMs).toBeUndefined()
})

test('[REP-11] what is typed while another push is on its way waits its turn', async () => {
  const page = await opened()
  const wire = await live(page)
  page.type('a')
  await rest()
  page.nowMs += 4
  page.type('b')
  page.nowMs += 6
  page.type('c')
  await rest()
  page.nowMs += 10
  await wire.ack(1)
  expect(waitsOf(page)).toEqual({ keepMs: 0, linkMs: 0, turnMs: 0, roundTripMs: 20, nodeMs: undefined })
  page.nowMs += 25
  await wire.ack(2, { heldMs: 3 })
  expect(page.replica.saves?.last?.savedAtMs).toBe(page.nowMs)
  const waits = waitsOf(page) ?? expect.unreachable()
  expect([waits.roundTripMs, waits.nodeMs, sumOf(waits)]).toEqual([25, 3, 41]) // since "b", not since "c"
})

test('[REP-11] of a push that was refused at first the pause is a wait, and only the last way there and back is a round trip', async () => {
  const page = await opened()
  const wire = await live(page)
  page.type('a')
  await rest()
  page.nowMs += 8
  await wire.refuse('overloaded')
  page.nowMs += 500
  for (const run of page.timers.splice(0)) run()
  await rest()
  page.nowMs += 9
  await wire.ack(1)
  expect(waitsOf(page)).toMatchObject({ linkMs: 0, turnMs: 508, roundTripMs: 9 })
})

test('[REP-11] a link that was lost with a push on it counts as waiting for a link; the second ack of a push says nothing', async () => {
  const page = await opened()
  const lost = await live(page)
  page.type('a')
  await rest()
  page.nowMs += 3_000
  page.replica.detach()
  page.nowMs += 4_000
  const next = await live(page)
  page.nowMs += 11
  await next.ack(1)
  const { last } = page.replica.saves ?? expect.unreachable()
  expect(last?.waits).toMatchObject({ linkMs: 7_000, turnMs: 0, roundTripMs: 11 })
  page.nowMs += 1
  await lost.ack(1)
  expect(page.replica.saves?.last).toBe(last)
})

test('[REP-11] what was sent while it was being kept did not wait for that', async () => {
  const page = await opened()
  const wire = await live(page)
  const stored = Promise.withResolvers<void>()
  page.disk.before = (name) => (name === 'keep' ? stored.promise : undefined)
  page.type('a')
  await rest()
  page.nowMs += 6
  stored.resolve()
  await rest()
  page.nowMs += 14
  await wire.ack(1)
  expect(waitsOf(page)).toMatchObject({ keepMs: undefined, linkMs: 0, turnMs: 0, roundTripMs: 20 })
})

describe('[REP-11] what is not known is not said', () => {
  test('of what an earlier page has left: when it was typed, kept and could not be sent', async () => {
    const disk = new Disk()
    disk.unsent = [{ pushId: 4, update: updateOf('left') }]
    const page = await opened(disk)
    expect(page.replica.saves?.waitingSinceMs).toBeUndefined()
    const wire = await live(page)
    page.nowMs += 7
    await wire.ack(1, { heldMs: 2 })
    expect(waitsOf(page)).toEqual({
      keepMs: undefined,
      linkMs: undefined,
      turnMs: 0,
      roundTripMs: 7,
      nodeMs: 2,
    })
  })

  test('where nothing is kept: how long that took', async () => {
    const disk = new Disk()
    disk.before = (name) => (name === 'keep' ? Promise.reject(new Error('The disk is full.')) : undefined)
    const page = await opened(disk)
    page.type('a')
    await rest()
    page.nowMs += 40
    const wire = await live(page)
    await wire.ack(1)
    expect(waitsOf(page)).toMatchObject({ keepMs: undefined, linkMs: 40 })
  })

  test('of what another tab sent: anything but when', () => {
    const traces = new SaveTraces({ now: () => 70 }, [])
    traces.typed(1, 50)
    traces.acked(1, undefined)
    expect(traces.last).toEqual({ savedAtMs: 70, waits: undefined })
    expect(traces.waitingSinceMs).toBeUndefined()
  })
})

test('a clock that is set back makes no wait negative, and no node held a push for longer than it was away', () => {
  let nowMs = 5_000
  const traces = new SaveTraces({ now: () => nowMs }, [])
  traces.typed(1, 9_000)
  traces.kept(1)
  nowMs = 4_000
  traces.acked(1, { overSinceMs: 100, atMs: 3_990, heldMs: 25 })
  expect(traces.last?.waits).toEqual({ keepMs: undefined, linkMs: 0, turnMs: 0, roundTripMs: 10, nodeMs: 10 })
})
