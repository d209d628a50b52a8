import { FRAGMENT } from '@tandem/schema/version'
import { must, type Attack } from './attack.ts'
import type { Caller } from './caller.ts'
import { bytesOf } from './update-attacks.ts'
import { deletesOf, paragraphOf, updateOf } from './yjs-bombs.ts'

const MINE = 30_000

/** Everything that changes who may do what, in one's own favour. */
function sharingCalls(documentId: string, userId: string): readonly (readonly [string, object])[] {
  return [
    ['sharing.setRole', { documentId, userId, role: 'editor' }],
    ['sharing.remove', { documentId, userId }],
    ['sharing.setLink', { documentId, role: 'editor' }],
    ['sharing.handOn', { documentId, userId }],
    ['sharing.createInvite', { documentId, role: 'editor', expiresInMs: null }],
    ['sharing.revokeInvite', { documentId, inviteId: 'A'.repeat(22) }],
  ]
}

async function mustRefuse(caller: Caller, call: { who: string; path: string; input: object }): Promise<void> {
  const { refused } = await caller.ask('mutation', call.path, call.input)
  must(refused === 'not-allowed', `${call.who} calls ${call.path}: ${refused}`)
}

/** Those who may read push all the same. */
export const A30: Attack = {
  id: 'A30',
  attack:
    'viewer, commenter, stranger and signed-out push updates: with text, delete-only, empty; they, and an editor, try to share, remove, raise themselves and take the document over',
  passes: 'refused for every role below editor, and sharing for everybody but the owner',
  async run(scene) {
    const { documentId } = scene
    const clientId = scene.doc.clientID
    const updates = {
      text: updateOf(MINE, (doc) => doc.getXmlFragment(FRAGMENT).insert(0, [paragraphOf('x')])),
      deletes: deletesOf(clientId, 0, 1),
      empty: bytesOf(0, 0),
    }
    for (const role of ['viewer', 'commenter', null] as const) {
      const { caller, at } = await scene.attacker()
      const { data } = await caller.ask('query', 'me.get')
      const sharing = sharingCalls(documentId, (data as { userId: string }).userId)
      for (const [path, input] of sharing) await mustRefuse(caller, { who: 'an editor', path, input })
      await scene.share(role)
      for (const [what, update] of Object.entries(updates)) {
        const outcome = await caller.push(at, update)
        must(outcome === 'not-allowed', `${role ?? 'a stranger'} pushes ${what}: ${outcome}`)
      }
      for (const [path, input] of [
        ['documents.rename', { documentId, title: 'x' }],
        ['documents.delete', { documentId }],
        ...sharing,
      ] as const)
        await mustRefuse(caller, { who: role ?? 'a stranger', path, input })
      await scene.share('editor')
    }
    const nobody = await scene.caller()
    nobody.send({ method: 'connectionParams', data: { token: 'tandem_nobody' } })
    must((await nobody.closed) === 4401, 'a token that nobody has was let in')
    scene.nothingHappened()
    return { roles: 3 }
  },
}
