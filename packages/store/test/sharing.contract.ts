/** Who may open a document, on either database. */
import { LIMITS, UserId } from '@tandem/sync'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { peopleOf, setSuspended, type Store } from '../src/index.ts'
import { ANN, BOB, type OpenedStore } from './opened-store.ts'

export function describeSharing(name: string, make: () => Promise<OpenedStore>): void {
  describe(`sharing: ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeAll(async () => {
      opened = await make()
      store = opened.store
    })
    afterAll(() => opened?.close())

    const create = async () => (await store.documents.create({ title: 'Plans', ownerId: ANN, schemaVersion: 2 })).id
    const somebody = () => UserId.parse(`user-${crypto.randomUUID()}`)
    const roleOf = async (id: Awaited<ReturnType<typeof create>>, userId: UserId) =>
      (await store.access.rolesOf(id, [userId]))?.roles.get(userId)
    const versionOf = async (id: Awaited<ReturnType<typeof create>>) =>
      (await store.access.rolesOf(id, []))?.accessVersion ?? 0

    test('it tells the owner, what the address gives, members, visitors and who was shut out', async () => {
      const id = await create()
      const [member, visitor, shut] = [BOB, somebody(), somebody()]
      for (const userId of [member, visitor, shut]) await store.documents.recordVisit(id, userId)
      await store.sharing.setRole(id, member, 'viewer')
      await store.sharing.shutOut(id, shut)
      expect(await store.sharing.read(id)).toEqual({
        owner: { userId: ANN, name: 'Ann', isGuest: false },
        linkRole: 'editor',
        members: [{ userId: BOB, name: 'Bob', isGuest: true, role: 'viewer' }],
        visitors: [{ userId: visitor, name: null, isGuest: false }],
        shutOut: [{ userId: shut, name: null, isGuest: false }],
        requests: [],
        invites: [],
      })
      expect(await store.sharing.knows(id, visitor)).toBe(true)
      expect(await store.sharing.knows(id, shut)).toBe(true)
      expect(await store.sharing.knows(id, somebody())).toBe(false)
    })

    test('who was shut out sees the document in no list and cannot open it, until they are given a role', async () => {
      const [id, me] = [await create(), somebody()]
      await store.documents.recordVisit(id, me)
      await store.sharing.shutOut(id, me)
      await expect(store.documents.get(id, me)).rejects.toMatchObject({ code: 'unknown-document' })
      expect((await store.documents.list(me, { limit: 10 })).documents).toEqual([])
      await store.sharing.setRole(id, me, 'viewer')
      expect((await store.documents.get(id, me)).role).toBe('editor') // the address gives more
      await store.sharing.setLinkRole(id, undefined)
      expect((await store.documents.get(id, me)).role).toBe('viewer')
    })

    test('only who has nothing of their own and comes by the address comes by the link', async () => {
      const [id, visitor, member] = [await create(), somebody(), somebody()]
      await store.sharing.setRole(id, member, 'viewer')
      expect(await store.sharing.comesByLink(id, visitor)).toBe(true)
      expect(await store.sharing.comesByLink(id, member)).toBe(false)
      expect(await store.sharing.comesByLink(id, ANN)).toBe(false)
      await store.sharing.setLinkRole(id, undefined)
      expect(await store.sharing.comesByLink(id, visitor)).toBe(false)
    })

    test('a document is handed on to somebody with a role, by its owner alone, who stays as an editor', async () => {
      const [id, stranger] = [await create(), somebody()]
      await expect(store.sharing.handOn(id, { from: ANN, to: stranger })).rejects.toMatchObject({ code: 'bad-input' })
      await store.sharing.setRole(id, BOB, 'viewer')
      await expect(store.sharing.handOn(id, { from: stranger, to: BOB })).rejects.toMatchObject({ code: 'bad-input' })
      expect((await store.sharing.read(id)).owner.userId).toBe(ANN)
      const before = await versionOf(id)
      await store.sharing.handOn(id, { from: ANN, to: BOB })
      expect(await versionOf(id)).toBeGreaterThan(before)
      expect(await store.sharing.read(id)).toMatchObject({
        owner: { userId: BOB },
        members: [{ userId: ANN, role: 'editor' }],
      })
    })

    test('an invite link gives its role once to each, tells how often, and raises the access version', async () => {
      const [id, me] = [await create(), somebody()]
      await store.sharing.setLinkRole(id, undefined)
      const invite = await store.sharing.invites.create(id, { role: 'editor', expiresInMs: undefined })
      const before = await versionOf(id)
      expect(await store.sharing.invites.accept(id, me, invite)).toBe(true)
      expect(await versionOf(id)).toBeGreaterThan(before)
      expect(await roleOf(id, me)).toBe('editor')
      expect(await store.sharing.invites.accept(id, me, invite)).toBe(false)
      expect(await store.sharing.invites.accept(id, ANN, invite)).toBe(false)
      const [listed] = (await store.sharing.read(id)).invites
      expect(listed).toMatchObject({
        inviteId: invite.inviteId,
        role: 'editor',
        expiresAt: null,
        uses: 1,
        isExpired: false,
      })
      expect(listed?.usedAt).toBeGreaterThan(0)
    })

    test('an invite link never lowers a role, and raises a lower one', async () => {
      const [id, me] = [await create(), somebody()]
      await store.sharing.setLinkRole(id, undefined)
      await store.sharing.setRole(id, me, 'commenter')
      const [viewer, editor] = [
        await store.sharing.invites.create(id, { role: 'viewer', expiresInMs: undefined }),
        await store.sharing.invites.create(id, { role: 'editor', expiresInMs: undefined }),
      ]
      expect(await store.sharing.invites.accept(id, me, viewer)).toBe(false)
      expect(await roleOf(id, me)).toBe('commenter')
      expect(await store.sharing.invites.accept(id, me, editor)).toBe(true)
      expect(await roleOf(id, me)).toBe('editor')
    })

    test('with another secret, in another document, expired, revoked, or shut out: refused in the same words, and nothing changes', async () => {
      const [id, other, shut] = [await create(), await create(), somebody()]
      for (const each of [id, other]) await store.sharing.setLinkRole(each, undefined)
      await store.sharing.shutOut(id, shut)
      const good = await store.sharing.invites.create(id, { role: 'editor', expiresInMs: 3_600_000 })
      const expired = await store.sharing.invites.create(id, { role: 'editor', expiresInMs: 3_600_000 })
      await store.accounts.db
        .updateTable('invite_link')
        .set({ expires_at: 1 })
        .where('id', '=', expired.inviteId)
        .execute()
      const me = somebody()
      const before = await versionOf(id)
      const tries = [
        () => store.sharing.invites.accept(id, me, { ...good, secret: expired.secret }),
        () => store.sharing.invites.accept(id, me, { ...good, inviteId: 'A'.repeat(22) }),
        () => store.sharing.invites.accept(other, me, good),
        () => store.sharing.invites.accept(id, me, expired),
        () => store.sharing.invites.accept(id, shut, good),
      ]
      const words = await Promise.all(
        tries.map((attempt) =>
          attempt().then(
            () => 'let in',
            ({ message }: Error) => message,
          ),
        ),
      )
      expect(new Set(words).size).toBe(1)
      expect(words[0]).toMatch(/^This invite link does not open the document/)
      expect((await store.sharing.read(id)).invites.filter(({ isExpired }) => isExpired)).toMatchObject([
        { inviteId: expired.inviteId },
      ])
      await store.sharing.invites.revoke(id, good.inviteId)
      await expect(store.sharing.invites.accept(id, me, good)).rejects.toMatchObject({ code: 'not-allowed' })
      expect(await versionOf(id)).toBe(before)
      expect(await roleOf(id, me)).toBeUndefined()
    })

    test('no secret of an invite link is stored, and one document cannot revoke another’s', async () => {
      const [id, other] = [await create(), await create()]
      const invite = await store.sharing.invites.create(id, { role: 'viewer', expiresInMs: undefined })
      const rows = await sql`select * from invite_link where id = ${invite.inviteId}`.execute(store.accounts.db)
      expect(rows.rows).toHaveLength(1)
      expect(JSON.stringify(rows.rows)).not.toContain(invite.secret)
      expect(Buffer.from(invite.secret, 'base64url').byteLength).toBe(16)
      await store.sharing.invites.revoke(other, invite.inviteId)
      expect((await store.sharing.read(id)).invites).toHaveLength(1)
    })

    test('people and invite links of one document are bounded; expired links make room', async () => {
      const [id, last] = [await create(), somebody()]
      const many = Array.from({ length: LIMITS.documentPeople }, () => ({
        document_id: id,
        user_id: somebody(),
        role: 'viewer' as const,
      }))
      await store.accounts.db.insertInto('document_access').values(many).execute()
      await expect(store.sharing.setRole(id, last, 'editor')).rejects.toThrow(/LIMITS.documentPeople/)
      await expect(store.sharing.shutOut(id, last)).rejects.toThrow(/LIMITS.documentPeople/)
      await store.sharing.setRole(id, many[0]?.user_id ?? last, 'editor')
      const links = Array.from({ length: LIMITS.documentInvites }, () =>
        store.sharing.invites.create(id, { role: 'editor', expiresInMs: 3_600_000 }),
      )
      const [first] = await Promise.all(links)
      if (first === undefined) throw new Error('unreachable')
      await expect(store.sharing.invites.accept(id, last, first)).rejects.toThrow(/LIMITS.documentPeople/)
      await expect(store.sharing.invites.create(id, { role: 'editor', expiresInMs: undefined })).rejects.toThrow(
        /LIMITS.documentInvites/,
      )
      await store.accounts.db
        .updateTable('invite_link')
        .set({ expires_at: 1 })
        .where('id', '=', first.inviteId)
        .execute()
      await expect(store.sharing.invites.create(id, { role: 'editor', expiresInMs: undefined })).resolves.toBeDefined()
    })

    test('who is suspended has no role anywhere, from the very access version on; all of it comes back', async () => {
      const [owned, given, visited, foreign] = [await create(), await create(), await create(), await create()]
      await store.sharing.setRole(owned, BOB, 'editor')
      await store.sharing.handOn(owned, { from: ANN, to: BOB })
      await store.sharing.setRole(given, BOB, 'viewer')
      await store.documents.recordVisit(visited, BOB)
      const before = await Promise.all([owned, given, visited, foreign].map(versionOf))
      await setSuspended(store.accounts, BOB, { isSuspended: true })
      const after = await Promise.all([owned, given, visited, foreign].map(versionOf))
      expect(after.map((version, index) => version - (before[index] ?? 0))).toEqual([1, 1, 1, 0])
      for (const id of [owned, given, visited, foreign]) {
        expect(await roleOf(id, BOB)).toBeUndefined()
        expect((await store.access.rolesOf(id, [ANN, BOB]))?.roles.has(ANN)).toBe(true)
      }
      await setSuspended(store.accounts, BOB, { isSuspended: false })
      expect(await Promise.all([owned, given, visited].map((id) => roleOf(id, BOB)))).toEqual([
        'owner',
        'editor',
        'editor',
      ])
    })

    test('an administrator is told who is in a document, and what they are', async () => {
      const [id, visitor, shut] = [await create(), somebody(), somebody()]
      await store.sharing.setRole(id, BOB, 'viewer')
      await store.documents.recordVisit(id, visitor)
      await store.sharing.shutOut(id, shut)
      const people = await peopleOf(store.accounts, id)
      expect(new Map(people.map(({ userId, role }) => [userId, role]))).toEqual(
        new Map([
          [ANN, 'owner'],
          [BOB, 'viewer'],
          [visitor, 'visitor'],
          [shut, 'removed'],
        ]),
      )
      expect(people.find(({ userId }) => userId === BOB)).toMatchObject({ name: 'Bob', isGuest: true })
      expect(people).toHaveLength(4)
    })

    test('a document that is not there has nobody to share it with', async () => {
      const id = await create()
      const invite = await store.sharing.invites.create(id, { role: 'editor', expiresInMs: undefined })
      await store.documents.delete(id)
      const unknown = { code: 'unknown-document' }
      await expect(store.sharing.read(id)).rejects.toMatchObject(unknown)
      await expect(store.sharing.setRole(id, BOB, 'editor')).rejects.toMatchObject(unknown)
      await expect(store.sharing.shutOut(id, BOB)).rejects.toMatchObject(unknown)
      await expect(store.sharing.setLinkRole(id, 'viewer')).rejects.toMatchObject(unknown)
      await expect(store.sharing.invites.accept(id, BOB, invite)).rejects.toMatchObject({ code: 'not-allowed' })
    })
  })
}
