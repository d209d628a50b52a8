import { DocumentId, LIMITS, UserId } from '@tandem/sync'
import { expect, test } from 'vitest'
import { Buckets, CallerAllowance, CallerBuckets, type CallerAllowanceOptions } from './allowance.ts'

test('a burst is allowed, more than it is refused by the limit’s name, and time gives it back', () => {
  let nowMs = 0
  const buckets = new Buckets(() => nowMs)
  for (let count = 0; count < LIMITS.pushBurst; count++) buckets.take('push')
  expect(() => buckets.take('push')).toThrow(/LIMITS\.pushesPerSecond/)
  buckets.take('presence') // each rate is its own
  nowMs += 1_000
  for (let count = 0; count < LIMITS.pushesPerSecond; count++) buckets.take('push')
  expect(() => buckets.take('push')).toThrow('LIMITS.pushesPerSecond')
})

test('an hour of silence saves no more than one burst', () => {
  let nowMs = 0
  const buckets = new Buckets(() => nowMs)
  nowMs += 3_600_000
  for (let count = 0; count < LIMITS.pushBurst; count++) buckets.take('push')
  expect(() => buckets.take('push')).toThrow('LIMITS.pushesPerSecond')
})

test('sessions are counted, not timed; releasing twice gives back one', () => {
  const buckets = new Buckets(() => 0)
  const releases = Array.from({ length: LIMITS.sessionsPerSocket }, () => buckets.openSession())
  expect(() => buckets.openSession()).toThrow(/LIMITS\.sessionsPerSocket/)
  releases[0]?.()
  releases[0]?.()
  buckets.openSession()
  expect(() => buckets.openSession()).toThrow('LIMITS.sessionsPerSocket')
})

test('a caller is the same one the next time', () => {
  const callers = new CallerBuckets(() => 0)
  for (let count = 0; count < LIMITS.callBurst; count++) callers.of('ann').take('call')
  expect(() => callers.of('ann').take('call')).toThrow('LIMITS.callsPerSecond')
  callers.of('bob').take('call')
})

type Shared = CallerAllowanceOptions['shared']

function allowanceOver(take: Shared['take']): { allowance: CallerAllowance; refused: string[] } {
  const refused: string[] = []
  const allowance = new CallerAllowance({
    own: new Buckets(() => 0),
    shared: {
      take,
      takeFor: (_, charge, id) => take('document', charge, id),
      takeInvite: async (address) => address !== '203.0.113.7',
      perSecond: () => 7,
    },
    address: '203.0.113.7',
    userId: UserId.parse('user-ann-1'),
    onRefused: (bucket, charge) => refused.push(`${bucket} ${charge}`),
  })
  return { allowance, refused }
}
const documentId = DocumentId.parse('document-1')

test('whoever is within all limits is answered at once', () => {
  const asked: string[] = []
  const { allowance, refused } = allowanceOver((party, charge, id) => {
    asked.push(`${party} ${charge} ${id}`)
    return true
  })
  expect(allowance.take('push')).toBeUndefined()
  expect(allowance.takeOf(documentId, 'push')).toBeUndefined()
  expect(asked).toEqual(['user push user-ann-1', 'ip push 203.0.113.7', 'document push document-1'])
  expect(refused).toEqual([])
})

test.each(['user', 'ip'] as const)(
  'a refusal for the %s names the limit and is counted, asked at once or later',
  async (party) => {
    const atOnce = allowanceOver((asked) => asked !== party)
    expect(() => atOnce.allowance.take('push')).toThrow(/7 a second \(push\)/)
    const later = allowanceOver(async (asked) => asked !== party)
    await expect(later.allowance.take('push')).rejects.toThrow(/7 a second \(push\)/)
    expect([atOnce.refused, later.refused]).toEqual([[`${party} push`], [`${party} push`]])
  },
)

test('one answer that is there and one that comes make one refusal, and leave nothing unhandled', async () => {
  const { allowance, refused } = allowanceOver((party) => (party === 'user' ? Promise.resolve(false) : false))
  await expect(allowance.take('push')).rejects.toThrow('Too many at once from one user')
  expect(refused).toEqual(['user push'])
})

test('beyond the own limit nobody else is asked', () => {
  let asked = 0
  const { allowance, refused } = allowanceOver(() => (asked += 1) > 0)
  for (let count = 0; count < LIMITS.pushBurst; count += 1) void allowance.take('push')
  const before = asked
  expect(() => allowance.take('push')).toThrow('LIMITS.pushesPerSecond')
  expect(asked).toBe(before)
  expect(refused).toEqual(['caller push'])
})

test('an address that has tried too many invite links is told so, and it is counted', async () => {
  const { allowance, refused } = allowanceOver(() => true)
  await expect(allowance.takeInvite()).rejects.toThrow(/LIMITS\.invitesPerMinute/)
  expect(refused).toEqual(['ip invite'])
})
