import type { DocumentId } from '@tandem/sync'
import { expect, test } from 'vitest'
import { ManualClock } from '../test/manual-clock.ts'
import type { UnsentPiece } from './replica-storage.ts'
import { UnsentDocuments } from './unsent-documents.ts'

/** A storage with these pieces, "document:push", and a page that watches it. */
function watched() {
  const clock = new ManualClock()
  let kept: readonly string[] = []
  let isBroken = false
  const listeners = new Set<() => void>()
  const unsentWork = async (): Promise<readonly UnsentPiece[]> => {
    if (isBroken) throw new Error('It cannot be read.')
    return kept.map((name) => ({ documentId: name.split(':')[0] as DocumentId, name }))
  }
  const onUnsentWork = (changed: () => void) => {
    listeners.add(changed)
    return () => listeners.delete(changed)
  }
  const documents = new UnsentDocuments({ unsentWork, onUnsentWork }, clock)
  const told: string[] = []
  const stop = documents.subscribe(() => told.push([...documents.getSnapshot()].join()))
  /** Until everything that was asked has been answered. */
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    clock,
    documents,
    listeners,
    told,
    stop,
    settle,
    break: () => (isBroken = true),
    async keep(...pieces: string[]) {
      kept = pieces
      for (const listener of listeners) listener()
      await settle()
    },
    async pass(ms: number) {
      clock.pass(ms)
      await settle()
    },
  }
}

test('what waits for a second is said, and goes with the last of its pieces', async () => {
  const { documents, keep, pass, told } = watched()
  await keep('minutes:1', 'minutes:2')
  expect(documents.getSnapshot()).toEqual(new Set())
  await pass(1_000)
  expect(documents.getSnapshot()).toEqual(new Set(['minutes']))
  const before = documents.getSnapshot()
  await keep('minutes:2')
  expect(documents.getSnapshot()).toBe(before)
  await keep()
  expect(told).toEqual(['minutes', ''])
})

test('what is always on its way, piece after piece, is never said', async () => {
  const { keep, pass, told, clock } = watched()
  for (let push = 1; push < 20; push += 1) {
    await keep(`minutes:${push}`)
    await pass(400)
  }
  await keep()
  await pass(5_000)
  expect([told, clock.waits]).toEqual([[], []])
})

test('a document stays said while its work goes from hand to hand, and the next one waits for its own second', async () => {
  const { keep, pass, told } = watched()
  await keep('minutes:left')
  await pass(1_000)
  await keep('minutes:adopted', 'notes:1')
  await pass(999)
  expect(told).toEqual(['minutes'])
  await pass(1)
  expect(told).toEqual(['minutes', 'minutes,notes'])
})

test('a clock that was set back makes nothing wait for longer than a second more', async () => {
  const { keep, pass, clock, told } = watched()
  await keep('minutes:1')
  clock.jump(-3_600_000)
  await keep('minutes:1')
  expect(clock.waits).toEqual([1_000])
  await pass(1_000)
  expect(told).toEqual(['minutes'])
})

test('what cannot be read leaves it as it was', async () => {
  const { keep, pass, told, ...page } = watched()
  await keep('minutes:1')
  await pass(1_000)
  page.break()
  await keep()
  expect(told).toEqual(['minutes'])
})

test('when nobody watches nothing is listened to, waits or is said', async () => {
  const { documents, keep, clock, listeners, stop, told, settle } = watched()
  await keep('minutes:1')
  stop()
  stop()
  expect([listeners.size, clock.waits]).toEqual([0, []])
  documents.look()
  await settle()
  expect([told, clock.waits]).toEqual([[], []])
})
