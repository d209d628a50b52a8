import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { PresenceBoard } from './presence-board.ts'
import type { NodeId, PresenceEntry, SessionId, UserId } from './protocol.ts'

const [here, there] = ['node-here-1' as NodeId, 'node-there-1' as NodeId]
const entry = (sessionId: string, name = 'Ann'): PresenceEntry => ({
  sessionId: sessionId as SessionId,
  person: { userId: 'somebody' as UserId, name, color: '#123456' },
  caret: null,
})
const names = (board: PresenceBoard): string[] => board.entries.map(({ sessionId }) => sessionId).sort()

test('[PRES-3] changes gather, the newest per session, and are taken once; only this node’s own go to other nodes', () => {
  const board = new PresenceBoard(here)
  board.set(entry('session-1', 'An'))
  board.set(entry('session-1', 'Ann'))
  board.hear({ node: there, all: false, entries: [entry('session-2')] }, 0)
  expect(board.takeChanges()).toEqual({
    all: [entry('session-1', 'Ann'), entry('session-2')],
    here: [entry('session-1', 'Ann')],
  })
  expect(board.takeChanges()).toEqual({ all: [], here: [] })
})

test('[PRES-4] an entry leaves with its session', () => {
  const board = new PresenceBoard(here)
  board.set(entry('session-1'))
  board.remove('session-1' as SessionId)
  board.remove('session-1' as SessionId)
  expect(board.entries).toEqual([])
  expect(board.takeChanges().here).toEqual([{ sessionId: 'session-1', gone: true }])
})

test('[PRES-5] a full list replaces what was known of that node, and of that node only', () => {
  const board = new PresenceBoard(here)
  board.set(entry('session-1'))
  board.hear({ node: there, all: true, entries: [entry('session-2'), entry('session-3')] }, 0)
  board.hear({ node: there, all: true, entries: [entry('session-3')] }, 1)
  expect(names(board)).toEqual(['session-1', 'session-3'])
})

test('[PRES-5] another node cannot speak for a session of this one', () => {
  const board = new PresenceBoard(here)
  board.set(entry('session-1', 'Ann'))
  board.hear(
    {
      node: there,
      all: false,
      entries: [entry('session-1', 'Eve'), { sessionId: 'session-1' as SessionId, gone: true }],
    },
    0,
  )
  expect(board.entries).toEqual([entry('session-1', 'Ann')])
})

test('[PRES-6] a silent node loses its entries, one that speaks keeps them', () => {
  const board = new PresenceBoard(here)
  board.hear({ node: there, all: true, entries: [entry('session-2')] }, 0)
  board.forgetSilentNodes(LIMITS.silentNodeMs - 1)
  expect(names(board)).toEqual(['session-2'])
  board.forgetSilentNodes(LIMITS.silentNodeMs)
  expect(names(board)).toEqual([])
  expect(board.takeChanges().all).toEqual([{ sessionId: 'session-2', gone: true }])
})

test('[PRES-10] of too much, who left goes first and then what has waited longest; nothing is left out', () => {
  const board = new PresenceBoard(here)
  const people = Array.from({ length: LIMITS.presencePerFrame + 20 }, (_, index) => `session-${index + 100}`)
  for (const name of people) board.set(entry(name))
  const gone = people.slice(-3)
  for (const name of gone) board.remove(name as SessionId)
  const first = board.takeChanges()
  expect(first.all.length).toBe(LIMITS.presencePerFrame)
  expect(first.here).toEqual(first.all)
  expect(first.all.slice(0, 3)).toEqual(gone.map((sessionId) => ({ sessionId, gone: true })))
  board.set(entry('session-100', 'Anna')) // moved again: behind those who have waited
  const second = board.takeChanges().all
  const told = [...first.all, ...second].map(({ sessionId }) => sessionId)
  expect(new Set(told)).toEqual(new Set(people))
  expect(second.at(-1)).toEqual(entry('session-100', 'Anna'))
  expect(board.takeChanges().all).toEqual([])
})
