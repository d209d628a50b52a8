import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { LIMITS } from '@tandem/sync'
import { sharedCluster, type AttackCluster } from './attack-cluster.ts'
import { must, type Attack } from './attack.ts'
import { Caller } from './caller.ts'
import { range } from './connection-attacks.ts'
import type { Guest } from './target.ts'

const run = promisify(execFile)

interface Invite {
  readonly inviteId: string
  readonly secret: string
}

/** A document that only invite links open, and its owner. */
interface Private {
  readonly cluster: AttackCluster
  readonly owner: Caller
  readonly documentId: string
}

/** Somebody wants in, or more than they were given. */
export const A53: Attack = {
  id: 'A53',
  attack:
    'guess the secret of an invite link on two nodes at once; use one that was revoked, that has expired, of another document; use one as somebody who was removed; use a lower and a higher one than one’s role; read the database',
  passes:
    '128 random bits, only their hash at rest, compared in constant time; 10 tries a minute for an address on all nodes; all refusals in the same words; role = the greater of one’s own and the link’s, none for who was removed',
  missing:
    'links have no passwords; that the comparison takes constant time is in the code (timingSafeEqual), not measured',
  async run() {
    const cluster = await sharedCluster()
    const owner = await Caller.open(cluster.node(0), await cluster.guest())
    const made = await owner.ask('mutation', 'documents.create', { title: 'Private' })
    const { documentId } = made.data as { documentId: string }
    const place: Private = { cluster, owner, documentId }
    await must200(owner, 'sharing.setLink', { documentId, role: null })
    const invite = await createInvite(place, 'editor')
    must(Buffer.from(invite.secret, 'base64url').byteLength === 16, 'a secret is not 128 bits')
    const stored = await run('pg_dump', [cluster.faults.databaseUrl, '-t', 'invite_link', '-a'])
    must(stored.stdout.includes(invite.inviteId), 'the dump has no invite links: it proves nothing')
    must(!stored.stdout.includes(invite.secret), 'a secret is stored as it is')
    const tries = await guesses(place, invite)
    const refused = await uselessLinks(place, invite)
    await roles(place)
    owner.close()
    cluster.unharmed()
    return { tries, refused }
  },
}

/** From one address on both nodes: so many are looked at, the others are not, not even the right one. Resolves with how many. */
async function guesses({ cluster, documentId }: Private, { inviteId, secret }: Invite): Promise<number> {
  const address = '10.53.53.53'
  const callers = await Promise.all(
    range(4).map(async (index) => Caller.open(cluster.node(index % 2), await cluster.guest(address))),
  )
  const guess = (): string => randomBytes(16).toString('base64url')
  const answers = await Promise.all(
    range(60).map((index) => accept(callers[index % 4] as Caller, documentId, { inviteId, secret: guess() })),
  )
  const looked = answers.filter((answer) => answer !== 'overloaded')
  must(
    looked.every((answer) => answer === 'not-allowed'),
    `guesses were answered ${[...new Set(looked)].join(', ')}`,
  )
  must(looked.length <= LIMITS.invitesPerMinute, `${looked.length} guesses of one address were looked at`)
  const right = await accept(callers[1] as Caller, documentId, { inviteId, secret })
  must(right === 'overloaded', `who has guessed too often was answered ${right}`)
  const elsewhere = await accept(await somebody(cluster), documentId, { inviteId, secret })
  must(elsewhere === 'in', `somebody else's good link was answered ${elsewhere}`)
  callers.forEach((caller) => caller.close())
  return looked.length
}

/** Links that are good for nothing any more, each in the same words as one that never was. Resolves with how many. */
async function uselessLinks(place: Private, invite: Invite): Promise<number> {
  const { cluster, owner, documentId } = place
  const made = await owner.ask('mutation', 'documents.create', { title: 'Another' })
  const other = (made.data as { documentId: string }).documentId
  await must200(owner, 'sharing.setLink', { documentId: other, role: null })
  const [expired, revoked] = [await createInvite(place, 'editor'), await createInvite(place, 'editor')]
  await run('psql', [
    cluster.faults.databaseUrl,
    '-qc',
    `update invite_link set expires_at = 1 where id = '${expired.inviteId}'`,
  ])
  await must200(owner, 'sharing.revokeInvite', { documentId, inviteId: revoked.inviteId })
  const useless: [string, string, Invite][] = [
    ['another document’s', other, invite],
    ['an expired', documentId, expired],
    ['a revoked', documentId, revoked],
    ['a made-up', documentId, { inviteId: 'A'.repeat(22), secret: 'B'.repeat(22) }],
    ['half of two', documentId, { inviteId: invite.inviteId, secret: expired.secret }],
  ]
  const words = new Set<string>()
  for (const [what, id, link] of useless) {
    const caller = await somebody(cluster)
    must((await accept(caller, id, link)) === 'not-allowed', `${what} link lets somebody in`)
    must((await caller.join(id)) === 'not-allowed', `with ${what} link somebody has joined`)
    words.add(caller.heard.map(({ error }) => error?.message ?? '').find((text) => text.includes('invite')) ?? '')
    caller.close()
  }
  must(words.size === 1 && !words.has(''), `refusals tell links apart: ${[...words].join(' | ')}`)
  return useless.length
}

/** What a link gives to those who have something already, and to those who were removed. */
async function roles(place: Private): Promise<void> {
  const { cluster, owner, documentId } = place
  const [viewing, editing] = [await createInvite(place, 'viewer'), await createInvite(place, 'editor')]
  const caller = await somebody(cluster)
  const raised = await caller.ask('mutation', 'sharing.acceptInvite', { documentId, ...viewing, role: 'editor' })
  must(raised.refused === 'bad-input', `a role that was added to the link was answered ${raised.refused}`)
  must((await accept(caller, documentId, viewing)) === 'in', 'a good link is refused')
  const joined = await caller.join(documentId)
  must(typeof joined !== 'string' && joined.role === 'viewer', `a viewer's link gave ${JSON.stringify(joined)}`)
  const pushed = await caller.push({ documentId, epoch: joined.epoch }, Uint8Array.of(0, 0))
  must(pushed === 'not-allowed', `with a viewer's link something was written: ${pushed}`)
  for (const [link, role] of [
    [editing, 'editor'],
    [viewing, 'editor'],
  ] as const) {
    must((await accept(caller, documentId, link)) === 'in', 'a good link is refused')
    const { data } = await caller.ask('query', 'documents.get', { documentId })
    must((data as { role: string }).role === role, 'a link lowered a role, or did not raise it')
  }
  const { data } = await caller.ask('query', 'me.get')
  await must200(owner, 'sharing.remove', { documentId, userId: (data as { userId: string }).userId })
  await must200(owner, 'sharing.setLink', { documentId, role: 'editor' })
  must((await accept(caller, documentId, editing)) === 'not-allowed', 'who was removed comes back by an invite link')
  must((await caller.join(documentId)) === 'not-allowed', 'who was removed comes back by the address')
  const { refused } = await caller.ask('query', 'documents.get', { documentId })
  must(refused === 'not-allowed', `who was removed reads the title: ${refused}`)
  caller.close()
}

async function createInvite({ owner, documentId }: Private, role: 'viewer' | 'editor'): Promise<Invite> {
  const made = await owner.ask('mutation', 'sharing.createInvite', { documentId, role, expiresInMs: 3_600_000 })
  must(made.refused === undefined, `an invite link was not made: ${made.refused}`)
  return made.data as Invite
}

async function must200(caller: Caller, path: string, input: object): Promise<void> {
  const { refused } = await caller.ask('mutation', path, input)
  must(refused === undefined, `${path} was refused: ${refused}`)
}

/** 'in', or the code of what it was refused with. */
async function accept(caller: Caller, documentId: string, invite: Invite): Promise<string> {
  const { refused } = await caller.ask('mutation', 'sharing.acceptInvite', { documentId, ...invite })
  return refused ?? 'in'
}

/** Each at an address of their own. */
async function somebody(cluster: AttackCluster): Promise<Caller> {
  const guest: Guest = await cluster.guest()
  return Caller.open(cluster.node(1), guest)
}
