import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import type { Caret, Changes, PresenceEntry, SessionId, UserId, Welcome } from './protocol.ts'
import { ReplicaPresence } from './replica-presence.ts'

const caretAt = (clock: number): Caret => {
  const position = { type: null, tname: 'body', item: { client: 1, clock }, assoc: 0 }
  return { anchor: position, head: position }
}
const entry = (sessionId: string): PresenceEntry => ({
  sessionId: sessionId as SessionId,
  person: { userId: 'user-bob-1' as UserId, name: 'Bob', color: '#123456' },
  caret: null,
})

function watched(): { presence: ReplicaPresence; sent: Caret[]; pass(ms: number): void; setBack(ms: number): void } {
  let nowMs = 0
  let due: { atMs: number; run: () => void } | undefined
  const clock = {
    now: () => nowMs,
    after: (delayMs: number, run: () => void) => {
      due = { atMs: nowMs + delayMs, run }
      return () => {
        due = undefined
      }
    },
  }
  const sent: Caret[] = []
  return {
    presence: new ReplicaPresence(clock, (caret) => sent.push(caret)),
    sent,
    setBack: (ms) => {
      nowMs -= ms
    },
    pass: (ms) => {
      nowMs += ms
      if (due === undefined || due.atMs > nowMs) return
      const { run } = due
      due = undefined
      run()
    },
  }
}

test('[PRES-8] of many moves the newest is sent, once in a frame', () => {
  const { presence, sent, pass } = watched()
  for (const clock of [1, 2, 3]) presence.setCaret(caretAt(clock))
  pass(0)
  for (const clock of [4, 5]) presence.setCaret(caretAt(clock))
  pass(LIMITS.presenceFrameMs - 1)
  expect(sent).toEqual([caretAt(3)])
  pass(1)
  expect(sent).toEqual([caretAt(3), caretAt(5)])
})

test('[PRES-8] a wall clock that was set back by an hour holds the caret for one frame', () => {
  const { presence, sent, pass, setBack } = watched()
  presence.setCaret(caretAt(1))
  pass(0)
  setBack(3_600_000)
  presence.setCaret(caretAt(2))
  pass(LIMITS.presenceFrameMs)
  expect(sent).toEqual([caretAt(1), caretAt(2)])
})

test('[PRES-8] a new session is told again where the caret is, and without a link nobody is shown', () => {
  const { presence, sent, pass } = watched()
  presence.setCaret(caretAt(1))
  pass(0)
  presence.welcome({ presence: [entry('session-bob')] } as unknown as Welcome)
  pass(LIMITS.presenceFrameMs)
  expect(sent).toEqual([caretAt(1), caretAt(1)])
  expect([...presence.people.keys()]).toEqual(['session-bob'])
  presence.clear()
  expect(presence.people.size).toBe(0)
})

test('[OUT-8] a frame that names everybody replaces whom it does not name; any other frame adds and removes', () => {
  const { presence } = watched()
  presence.welcome({ presence: [entry('session-ann'), entry('session-bob')] } as unknown as Welcome)
  const changes: Changes = { type: 'changes', fromSeq: 1, head: 0, check: '', updates: [] }
  presence.hear({ ...changes, presence: [entry('session-cid')] })
  expect([...presence.people.keys()]).toEqual(['session-ann', 'session-bob', 'session-cid'])
  presence.hear({ ...changes, presence: [entry('session-bob'), entry('session-dan')], everybody: true })
  expect([...presence.people.keys()]).toEqual(['session-bob', 'session-dan'])
})

test('[PRES-9] what the node says of missing people holds until it says otherwise, or the link is gone', () => {
  const { presence } = watched()
  const changes: Changes = { type: 'changes', fromSeq: 1, head: 0, check: '', updates: [] }
  presence.welcome({ presence: [], presenceIsLocal: true } as unknown as Welcome)
  presence.hear(changes)
  expect(presence.isLocal).toBe(true)
  presence.hear({ ...changes, presenceIsLocal: false })
  expect(presence.isLocal).toBe(false)
  presence.hear({ ...changes, presenceIsLocal: true })
  presence.clear()
  expect(presence.isLocal).toBe(false)
})
