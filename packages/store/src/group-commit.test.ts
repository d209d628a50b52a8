import { setImmediate } from 'node:timers/promises'
import type { DocumentId, Head } from '@tandem/sync'
import { expect, test } from 'vitest'
import { GroupCommit, type Append } from './group-commit.ts'

const append = (document: string): Append => ({ documentId: document as DocumentId, expected: {} as Head, rows: [] })

/** A clock that stands still, but for pauses; each of these ends when it is let go. */
function paced() {
  const groups: string[][] = []
  const pauses: { durationMs: number; end(): void }[] = []
  let nowMs = 0
  const commit = new GroupCommit(
    async (group) => {
      groups.push(group.map(({ documentId }) => documentId))
      return group.map(() => ({ fromSeq: 1, at: nowMs }))
    },
    {
      now: () => nowMs,
      pause: (durationMs) =>
        new Promise((resolve) => {
          const end = (): void => {
            nowMs += durationMs
            resolve()
          }
          pauses.push({ durationMs, end })
        }),
    },
  )
  const pass = (durationMs: number): void => void (nowMs += durationMs)
  return { commit, groups, pauses, pass }
}

test('whoever comes after a pause waits for nothing; what follows at once gathers until the pace allows another group', async () => {
  const { commit, groups, pauses, pass } = paced()
  await commit.append(append('one'))
  expect([groups, pauses.length]).toEqual([[['one']], 0])

  pass(2)
  const later = [commit.append(append('two')), commit.append(append('three'))]
  await setImmediate()
  later.push(commit.append(append('four')))
  await setImmediate()
  expect(groups).toEqual([['one']])
  expect(pauses.map(({ durationMs }) => durationMs)).toEqual([4])
  pauses.shift()?.end()
  await Promise.all(later)
  expect(groups).toEqual([['one'], ['two', 'three', 'four']])

  pass(6)
  await commit.append(append('five'))
  expect([groups.at(-1), pauses]).toEqual([['five'], []])
})

test('a document has one append in a group; what is left goes with the next, at its pace', async () => {
  const { commit, groups, pauses } = paced()
  const all = [commit.append(append('one')), commit.append(append('one')), commit.append(append('two'))]
  await setImmediate()
  expect([groups, pauses.length]).toEqual([[['one', 'two']], 1])
  pauses.shift()?.end()
  await Promise.all(all)
  expect(groups).toEqual([['one', 'two'], ['one']])
})
