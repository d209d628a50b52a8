import { beforeEach, describe, expect, test } from 'vitest'
import { DOCUMENT, EPOCH, rest } from '../test/one-document.ts'
import { changes, Disk, live, open, updateOf, type Page, type Wire } from '../test/one-replica.ts'
import { ContentCheck } from './content-check.ts'
import { contentDigest } from './content-digest.ts'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { ComparedContent, ContentVerdict } from './protocol-compare.ts'

/** Time that passes when the test says so. */
class TestClock {
  nowMs = 1_000
  #timers: { atMs: number; run: () => void }[] = []

  readonly now = (): number => this.nowMs

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.nowMs + delayMs, run }
    this.#timers.push(timer)
    return () => (this.#timers = this.#timers.filter((each) => each !== timer))
  }

  get waiting(): number {
    return this.#timers.length
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((each) => each !== next)
      this.nowMs = next.atMs
      next.run()
      await rest()
    }
    this.nowMs = untilMs
  }
}

let clock: TestClock
let asked: ComparedContent[]
let answer: () => Promise<ContentVerdict>
let fraction: number
let people: number | undefined
let disk: Disk
let page: Page
let wire: Wire
let check: ContentCheck

beforeEach(async () => {
  clock = new TestClock()
  asked = []
  answer = async () => 'same'
  fraction = 0
  people = undefined
  disk = new Disk()
  page = await open(disk)
  check = checkOf(page)
})

function checkOf({ replica, doc }: Page): ContentCheck {
  return new ContentCheck({
    documentId: DOCUMENT,
    replica: {
      doc,
      get view() {
        return replica.view
      },
      get people() {
        return { size: people ?? replica.people.size }
      },
      reached: () => replica.reached(),
      diverged: () => replica.diverged(),
      onView: (listener) => replica.onView(listener),
    },
    clock,
    chance: { id: () => 'id-00000002', fraction: () => fraction },
    compare: (content) => {
      asked.push(content)
      return answer()
    },
  })
}

/** Open, live, and at seq 1. */
async function opened(): Promise<void> {
  wire = await live(page, { head: 1 })
  wire.frame(changes(1, [updateOf('hello')]))
}

const IDLE = LIMITS.compareIdleMs
const EVERY = LIMITS.compareEveryMs

describe('[DIV-3] when it asks', () => {
  test('[DIV-3] once it was opened and nothing happened for a while, and then not again', async () => {
    await opened()
    await clock.pass(IDLE - 1)
    expect(asked).toEqual([])
    await clock.pass(1)
    expect(asked).toEqual([{ documentId: DOCUMENT, epoch: EPOCH, seq: 1, digest: contentDigest(page.doc) }])
    await clock.pass(10 * EVERY)
    expect(asked).toHaveLength(1)
    expect(clock.waiting).toBe(0)
  })

  test('[DIV-3] those who opened it at once do not ask at once', async () => {
    fraction = 0.5
    await opened()
    await clock.pass(IDLE + LIMITS.compareSpreadMs / 2 - 1)
    expect(asked).toEqual([])
    await clock.pass(1)
    expect(asked).toHaveLength(1)
  })

  test('[DIV-3] those who come back at once do not ask at once', async () => {
    await opened()
    await clock.pass(IDLE - 1)
    page.replica.detach()
    fraction = 0.5
    await clock.pass(IDLE) // what was due while it was away
    await live(page, { head: 1 })
    await clock.pass(IDLE + LIMITS.compareSpreadMs / 2 - 1)
    expect(asked).toEqual([])
    await clock.pass(1)
    expect(asked).toHaveLength(1)
  })

  test('[DIV-3] while somebody writes it waits, without a timer for every letter', async () => {
    await opened()
    for (let letter = 2; letter < 50; letter++) {
      await clock.pass(IDLE / 2)
      wire.frame(changes(letter, [updateOf('x')]))
      expect(clock.waiting).toBe(1)
    }
    expect(asked).toEqual([])
    await clock.pass(IDLE)
    expect(asked).toMatchObject([{ seq: 49 }])
  })

  test('[DIV-3] after edits, but not more often than every so often', async () => {
    await opened()
    await clock.pass(IDLE)
    wire.frame(changes(2, [updateOf('more')]))
    await clock.pass(EVERY - 1)
    expect(asked).toHaveLength(1)
    await clock.pass(IDLE)
    expect(asked).toMatchObject([{ seq: 1 }, { seq: 2 }])
  })

  test('[DIV-3] not while something is unsent', async () => {
    await opened()
    page.type('mine')
    await rest()
    await clock.pass(IDLE)
    expect(asked).toEqual([])
    await wire.ack(2)
    wire.frame(changes(2, [null]))
    await clock.pass(IDLE)
    expect(asked).toMatchObject([{ seq: 2, digest: contentDigest(page.doc) }])
  })

  test('[DIV-3] not without a link, not of a damaged document, not of a newer one', async () => {
    await opened()
    page.replica.detach()
    await clock.pass(EVERY)
    await live(page, { head: 1, damagedAfter: 5 })
    await clock.pass(EVERY)
    page.replica.detach()
    await live(page, { head: 1, schemaVersion: 2 })
    await clock.pass(EVERY)
    expect(asked).toEqual([])
  })

  test('[DIV-3] of a crowd some ask', async () => {
    people = 10 * LIMITS.comparers
    fraction = 0.2
    await opened()
    await clock.pass(10 * EVERY)
    expect(asked).toEqual([])
    wire.frame(changes(2, [updateOf('more')]))
    fraction = 0.05
    await clock.pass(2 * EVERY)
    expect(asked).toHaveLength(1)
  })

  test('[DIV-3] never again once it was stopped', async () => {
    await opened()
    check.stop()
    wire.frame(changes(2, [updateOf('more')]))
    await clock.pass(10 * EVERY)
    expect(asked).toEqual([])
  })
})

test('[DIV-4] a replica that differs ends, keeps what it shows as a copy, and forgets what it stored', async () => {
  await opened()
  await rest()
  expect(disk.token?.seq).toBe(1)
  answer = async () => 'other'
  await clock.pass(IDLE)
  expect(page.replica.view).toMatchObject({ phase: 'ended', error: { code: 'diverged', then: 'give-up' } })
  await page.replica.stop()
  expect(disk.copy?.reason).toBe('diverged')
  expect(disk.copy?.whole.byteLength).toBeGreaterThan(0)
  expect([disk.token, disk.updates, disk.unsent]).toEqual([undefined, [], []])
  expect(clock.waiting).toBe(0)
})

describe('[DIV-5] what it concludes nothing from', () => {
  test('[DIV-5] an answer that did not come, or says nothing: it asks again later', async () => {
    await opened()
    answer = () => Promise.reject(new SyncError('overloaded', 'Too much to do.'))
    await clock.pass(IDLE)
    answer = async () => 'unknown'
    await clock.pass(LIMITS.compareAgainMs - 1)
    expect(asked).toHaveLength(1)
    await clock.pass(1)
    expect(asked).toHaveLength(2)
    answer = async () => 'same'
    await clock.pass(LIMITS.compareAgainMs)
    await clock.pass(10 * EVERY)
    expect(asked).toHaveLength(3)
    expect(page.replica.view.phase).toBe('live')
  })

  test('[DIV-5] an answer about what it does not show any more', async () => {
    await opened()
    const slow = Promise.withResolvers<ContentVerdict>()
    answer = () => slow.promise
    await clock.pass(IDLE)
    wire.frame(changes(2, [updateOf('more')]))
    slow.resolve('other')
    await rest()
    expect(page.replica.view.phase).toBe('live')
    answer = async () => 'other'
    await clock.pass(LIMITS.compareAgainMs)
    expect(asked.map(({ seq }) => seq)).toEqual([1, 2])
    expect(page.replica.view.phase).toBe('ended')
  })
})
