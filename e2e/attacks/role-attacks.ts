import { FRAGMENT } from '@tandem/schema/version'
import { must, type Attack } from './attack.ts'
import { bytesOf } from './update-attacks.ts'
import { deletesOf, paragraphOf, updateOf } from './yjs-bombs.ts'

const MINE = 30_000

/** Those who may read push all the same. */
export const A30: Attack = {
  id: 'A30',
  attack: 'viewer, commenter, stranger and signed-out push updates: with text, delete-only, empty',
  passes: 'refused for every role below editor',
  async run(scene) {
    const { target, documentId } = scene
    const clientId = scene.doc.clientID
    const updates = {
      text: updateOf(MINE, (doc) => doc.getXmlFragment(FRAGMENT).insert(0, [paragraphOf('x')])),
      deletes: deletesOf(clientId, 0, 1),
      empty: bytesOf(0, 0),
    }
    for (const role of ['viewer', 'commenter', null]) {
      const { caller, at } = await scene.attacker()
      target.sql(
        'update document set link_role = ?, access_version = access_version + 1 where id = ?',
        role,
        documentId,
      )
      for (const [what, update] of Object.entries(updates)) {
        const outcome = await caller.push(at, update)
        must(outcome === 'not-allowed', `${role ?? 'a stranger'} pushes ${what}: ${outcome}`)
      }
      for (const [path, input] of [
        ['documents.rename', { documentId, title: 'x' }],
        ['documents.delete', { documentId }],
      ] as const) {
        const { refused } = await caller.ask('mutation', path, input)
        must(refused === 'not-allowed', `${role ?? 'a stranger'} calls ${path}: ${refused}`)
      }
      target.sql(
        "update document set link_role = 'editor', access_version = access_version + 1 where id = ?",
        documentId,
      )
    }
    const nobody = await scene.caller()
    nobody.send({ method: 'connectionParams', data: { token: 'tandem_nobody' } })
    must((await nobody.closed) === 4401, 'a token that nobody has was let in')
    scene.nothingHappened()
    return { roles: 3 }
  },
}
