import type { TandemClient } from '@tandem/client'
import type { DocumentId, UserId } from '@tandem/sync'
import { closeAll, lostWords, newDocument, writersOf, writing } from '../kept-work.ts'
import { sql } from '../psql.ts'
import { percentile, type Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import type { Writer } from '../writers.ts'
import { barred, directly, people } from './access-rows.ts'

const MEMBERS = 4
const TYPE_EVERY_MS = 10

export const F45: Row = {
  id: 'F45',
  injection:
    'four people type on two nodes; through the product’s own procedures their role is lowered to viewer, the address’ role is lowered, general access is set to nobody, they are removed while the address still lets anybody in, the invite link that let them in is revoked with their roles, their accounts are suspended (CLI), in turn; who was shut out tries to come back; then the same with Redis killed',
  promised:
    'everybody is told and stopped, nothing of theirs enters the log any more, what was refused is kept; no way back in',
  passes: 'told p99 <= 1 s, without Redis <= 5 s; 0 rows after the very change; 0 came back; 0 words lost',
  // Each tries invite links from an address of their own.
  settings: { TRUSTED_PROXIES: '1' },
  async run(stage, partMs) {
    stage.write()
    await sql(stage, NOTE_CHANGES)
    const names = people(MEMBERS, 'member')
    const members: Member[] = []
    for (const name of names) {
      const token = await stage.cluster.token(name)
      const email = `${name}@example.org`
      members.push({
        token,
        email,
        userId: (await sql(stage, `select id from "user" where email = '${email}'`)) as UserId,
      })
    }
    const told = await revocations(stage, members, partMs)
    await stage.cluster.redis.child.kill()
    await stage.until('both nodes know that they are alone', async () =>
      (await relayStates(stage)).every((state) => state === 'unwell'),
    )
    const alone = await revocations(stage, members, partMs)
    await stage.cluster.restartRedis()
    await stage.settled()
    return {
      revocations: told.count + alone.count,
      toldP99Ms: percentile(told.toldMs, 0.99),
      toldWithoutRedisP99Ms: percentile(alone.toldMs, 0.99),
      rowsAfterRevoke: told.rowsAfter + alone.rowsAfter,
      cameBack: told.cameBack + alone.cameBack,
      keptAsCopies: told.copies + alone.copies,
      lostWords: told.lost + alone.lost,
    }
  },
  met: ({ toldP99Ms = Infinity, toldWithoutRedisP99Ms = Infinity, keptAsCopies = 0, ...bad }) =>
    toldP99Ms <= 1_000 &&
    toldWithoutRedisP99Ms <= 5_000 &&
    keptAsCopies > 0 &&
    (bad['rowsAfterRevoke'] ?? 1) + (bad['cameBack'] ?? 1) + (bad['lostWords'] ?? 1) === 0,
}

/** In the database itself: where each document's log stood in the very transaction that changed its access. */
const NOTE_CHANGES = `
create table if not exists noted_change (document_id text, version bigint, head bigint);
create or replace function note_change() returns trigger language plpgsql as $$
  begin insert into noted_change values (new.id, new.access_version, new.head); return new; end $$;
create or replace trigger note_change after update of access_version on document for each row
  when (new.access_version <> old.access_version) execute function note_change();`

interface Member {
  readonly token: string
  readonly email: string
  readonly userId: UserId
}

interface Round {
  readonly stage: Stage
  readonly documentId: DocumentId
  readonly owner: TandemClient
  readonly members: readonly Member[]
  /** One that is good all the time, unless the way is about it. */
  readonly invite: { readonly inviteId: string; readonly secret: string }
}

interface Way {
  /** Afterwards they may write. */
  before(round: Round): Promise<unknown>
  /** Takes it from one of them; with `forAll`, from all in one change. Resolves with when that was, ms of this process's clock. */
  revoke(round: Round, member: Member): Promise<number>
  readonly forAll?: true
  /** They may still read, so they would come back as somebody who does. */
  readonly mayRead?: true
  /** The account is what was taken. */
  readonly isSuspension?: true
}

const WAYS: readonly Way[] = [
  {
    before: async (round) => {
      await giveRoles(round)
      await generalAccess(round, null)
    },
    revoke: (round, { userId }) => asked(() => setRole(round, userId, 'viewer')),
    mayRead: true,
  },
  { before: visit, revoke: (round) => asked(() => generalAccess(round, 'viewer')), forAll: true, mayRead: true },
  { before: visit, revoke: (round) => asked(() => generalAccess(round, null)), forAll: true, mayRead: true },
  {
    before: visit,
    revoke: ({ owner, documentId }, { userId }) => asked(() => owner.api.sharing.remove.mutate({ documentId, userId })),
  },
  {
    before: async (round) => {
      await generalAccess(round, null)
      for (const member of round.members) await take(round, member)
    },
    revoke: async (round, { userId }) => {
      const { owner, documentId, invite } = round
      await owner.api.sharing.revokeInvite.mutate({ documentId, inviteId: invite.inviteId })
      return asked(() => setRole(round, userId, null))
    },
  },
  {
    before: visit,
    revoke: async ({ stage }, { email, userId }) => {
      await stage.cluster.cli('suspend', email)
      const at = await sql(stage, `select extract(epoch from "suspendedAt") * 1000 from "user" where id = '${userId}'`)
      return Number(at) - performance.timeOrigin
    },
    isSuspension: true,
  },
]

/** From when it was asked for: the change itself came a little later. */
async function asked(change: () => Promise<unknown>): Promise<number> {
  const atMs = performance.now()
  await change()
  return atMs
}

function setRole({ owner, documentId }: Round, userId: UserId, role: 'editor' | 'viewer' | null): Promise<void> {
  return owner.api.sharing.setRole.mutate({ documentId, userId, role })
}

function generalAccess({ owner, documentId }: Round, role: 'viewer' | null): Promise<void> {
  return owner.api.sharing.setLink.mutate({ documentId, role })
}

async function giveRoles(round: Round): Promise<void> {
  await visit(round)
  for (const { userId } of round.members) await setRole(round, userId, 'editor')
}

/** As a page does that opens it: from then on they are known there. */
async function visit(round: Round): Promise<void> {
  for (const { token } of round.members)
    await calls(
      round,
      token,
      `documents.get?input=${encodeURIComponent(JSON.stringify({ documentId: round.documentId }))}`,
    )
}

async function take(round: Round, { token }: Member): Promise<boolean> {
  const { documentId, invite } = round
  return calls(round, token, 'sharing.acceptInvite', { documentId, ...invite })
}

let addresses = 0

/** Whether the call was let through. */
async function calls({ stage }: Round, token: string, path: string, body?: object): Promise<boolean> {
  addresses += 1
  const response = await fetch(`${directly(stage, addresses)}/trpc/${path}`, {
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-forwarded-for': `10.45.${(addresses >> 8) & 255}.${addresses & 255}`,
    },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  await response.body?.cancel()
  return response.ok
}

interface Revoked {
  readonly count: number
  readonly toldMs: readonly number[]
  readonly rowsAfter: number
  readonly cameBack: number
  /** Members whose refused work became a copy. */
  readonly copies: number
  readonly lost: number
}

async function revocations(stage: Stage, members: readonly Member[], durationMs: number): Promise<Revoked> {
  const rounds: Revoked[] = []
  const untilMs = performance.now() + durationMs
  while (performance.now() < untilMs || rounds.length < WAYS.length) {
    const way = WAYS[rounds.length % WAYS.length]
    if (way !== undefined) rounds.push(await revocation(stage, members, way))
  }
  const sum = (of: (round: Revoked) => number): number => rounds.reduce((total, round) => total + of(round), 0)
  return {
    count: rounds.length,
    toldMs: rounds.flatMap(({ toldMs }) => toldMs),
    rowsAfter: sum(({ rowsAfter }) => rowsAfter),
    cameBack: sum(({ cameBack }) => cameBack),
    copies: sum(({ copies }) => copies),
    lost: sum(({ lost }) => lost),
  }
}

async function revocation(stage: Stage, members: readonly Member[], way: Way): Promise<Revoked> {
  const documentId = (await newDocument(stage, 'Shared')) as DocumentId
  const owner = stage.client()
  const invite = await owner.api.sharing.createInvite.mutate({ documentId, role: 'editor', expiresInMs: null })
  const round: Round = { stage, documentId, owner, members, invite }
  await way.before(round)
  const tokens = members.map(({ token }) => token)
  const writers = await writersOf(documentId, { prefix: 'm', tokens, at: (index) => directly(stage, index) })
  try {
    await stage.until('they may write', () => writers.every(({ isLive, isBarred }) => isLive && !isBarred))
    const stop = writing(writers, { everyMs: TYPE_EVERY_MS, random: () => stage.random.fraction() })
    await stage.wait(200 + stage.random.fraction() * 300)
    const told = Promise.all(writers.map(barred))
    const before = Number(await sql(stage, `select access_version from document where id = '${documentId}'`))
    const revokedMs: number[] = []
    for (const member of way.forAll ? members.slice(0, 1) : members) revokedMs.push(await way.revoke(round, member))
    const toldMs = (await told).map((atMs, index) => Math.max(0, atMs - (revokedMs[index] ?? revokedMs[0] ?? 0)))
    stop()
    await stage.wait(100)
    const rowsAfter = await rowsSince(round, way, before)
    const cameBack = await comeBack(round, way)
    if (way.isSuspension) await giveBack(round, writers)
    const lost = await lostWords(writers, await stage.fresh(documentId))
    const texts = await Promise.all(writers.map((writer) => writer.copiedText()))
    const copies = texts.filter((text) => text !== '').length
    return { count: 1, toldMs, rowsAfter, cameBack, copies, lost: lost.length }
  } finally {
    await Promise.all([closeAll(writers), owner.close()])
  }
}

/** Rows of each member that entered the log after the transaction that took it from them: the first change was the first member's, and so on. */
async function rowsSince({ stage, documentId, members }: Round, way: Way, before: number): Promise<number> {
  const counts = members.map(async ({ userId }, index) => {
    const version = before + 1 + (way.forAll ? 0 : index)
    const noted = `select head from noted_change where document_id = '${documentId}' and version = ${version}`
    const head = await sql(stage, noted)
    if (head === '') throw new Error(`The change of access to version ${version} was not noted.`)
    const after = `select count(*) from log_row where document_id = '${documentId}' and user_id = '${userId}' and seq > ${head}`
    return Number(await sql(stage, after))
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

/** How many get in again: by the address (which still lets others in), and by the invite link. */
async function comeBack(round: Round, way: Way): Promise<number> {
  if (way.mayRead) return 0
  let back = 0
  const input = encodeURIComponent(JSON.stringify({ documentId: round.documentId }))
  for (const member of round.members) {
    if (await take(round, member)) back += 1
    if (await calls(round, member.token, `documents.get?input=${input}`)) back += 1
  }
  return back
}

/** What a suspended person had unsent is kept for when they may go on. */
async function giveBack({ stage, members }: Round, writers: readonly Writer[]): Promise<void> {
  for (const { email } of members) await stage.cluster.cli('unsuspend', email)
  await Promise.all(writers.map((writer) => writer.again()))
  await stage.until('what they had typed is saved or kept as a copy', () =>
    writers.every(({ saving }) => saving === 'saved'),
  )
}

async function relayStates(stage: Stage): Promise<string[]> {
  return Promise.all(
    stage.cluster.nodes.map(async ({ port }) => {
      const answer = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { relay: string }
      return answer.relay
    }),
  )
}
